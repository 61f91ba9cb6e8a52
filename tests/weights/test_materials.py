import pytest
from pydantic import ValidationError

from mrpn.weights import Material, Measured, Plan, render_card

DIGEST = "0" * 64
PEOPLE = Material(corpus="ravdess", part="test", clips=240, actors=("21", "22"))


def measured(**changes) -> Measured:
    values = {"on": PEOPLE, "clips": 239, "value": 0.6, "low": 0.5, "high": 0.7}
    values |= {"interval": "t over actors", "uar": 0.55, "ece": 0.031}
    return Measured(**values | changes)


def test_a_digest_and_the_number_of_contents_go_together():
    assert Material(corpus="a", part="train", clips=2, contents=3, digest=DIGEST).contents == 3
    for wrong in ({"contents": 3}, {"digest": DIGEST}, {"contents": 3, "digest": "abc"}):
        with pytest.raises(ValidationError):
            Material(corpus="a", part="train", clips=2, **wrong)


def test_who_is_left_out_is_written_only_where_somebody_is():
    assert "apart_from" not in measured().model_dump(mode="json")["on"]
    apart = PEOPLE.model_copy(update={"apart_from": ("1",)})
    assert Material.model_validate_json(apart.model_dump_json()) == apart != PEOPLE


def test_clips_are_described_by_their_actors_or_by_the_corpus_own_part():
    assert PEOPLE.describe() == "ravdess, actors 21, 22"
    assert Material(corpus="fer2013", part="test", clips=9).describe() == "fer2013, its test part"
    many = PEOPLE.model_copy(update={"actors": tuple(str(n) for n in range(30))})
    assert many.describe().endswith("22, 23 and 6 more")


def test_what_was_measured_is_a_plan_to_measure_it_again():
    found = measured(views=4, jitter=0.04, seed=3)
    plan = Plan.model_validate(found.model_dump(include=set(Plan.model_fields)))
    assert (plan.on, plan.views, plan.jitter, plan.seed) == (PEOPLE, 4, 0.04, 3)
    assert found.describe() == (
        "60.0 %, mean of the actors' own (95 % interval 50.0 to 70.0, t over actors)"
    )
    clips = measured(interval="Wilson over clips")
    assert clips.describe() == "60.0 % (95 % interval 50.0 to 70.0, Wilson over clips)"


def test_a_value_outside_its_range_is_refused():
    for wrong in ({"value": 1.2}, {"low": -0.1}, {"interval": "a guess"}, {"ece": 3.1}):
        with pytest.raises(ValidationError):
            measured(**wrong)


def test_a_card_tells_all_that_the_header_knows(header):
    learned = Material(
        corpus="fer2013", part="train", clips=28006, contents=9, digest="ab" * 32, through="faces"
    )
    found = measured(relabelled={"calm": "neutral"})
    update = {
        "trained_on": (learned, PEOPLE.model_copy(update={"part": "validation"})),
        "measured": (found,),
        "intended_use": "Research.",
        "limits": "Acted voices.",
        "reproduce": "mrpn train x.yaml",
    }
    card = render_card(header.model_copy(update=update), "Full")
    for text in (
        "## Intended use\n\nResearch.",
        "| fer2013, its train part | train | 28006 | abababababababab | faces |",
        "| ravdess, actors 21, 22 | validation | 240 | not compared | - |",
        "**accuracy 60.0 %, mean of the actors' own (95 % interval 50.0 to 70.0, t over actors)** "
        "on 239 clips of ravdess, "
        "actors 21, 22; calm counted as neutral; unweighted average recall 55.0 %; expected "
        "calibration error 3.1 %.",
        "## Limits\n\nActed voices.",
        "## How to make it again\n\n`mrpn train x.yaml`",
    ):
        assert text in card
