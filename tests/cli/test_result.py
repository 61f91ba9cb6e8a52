"""What a result looks like on the terminal, on results made by hand."""

from dataclasses import replace

import pytest

from mrpn.cli.result import show
from mrpn.recognition import Moment, Recognition

SURE, OTHER = {"happy": 0.9, "sad": 0.1}, {"happy": 0.2, "sad": 0.8}


def moment(start: float, probabilities: dict[str, float], *, disagree: bool) -> Moment:
    return Moment(
        answer=max(probabilities, key=probabilities.__getitem__),
        probabilities=probabilities,
        alone={"audio": OTHER if disagree else SURE, "video": SURE},
        labels=(),
        start=start,
        end=start + 4,
        face=1,
        box=None,
        face_share=1.0,
        speech=0.5,
        voice="own",
    )


RESULT = Recognition(
    answer="happy",
    probabilities=SURE,
    alone={"audio": SURE, "video": SURE},
    labels=("happy",),
    source="clip.mp4",
    problems=(),
    duration=9.0,
)
SOUND = replace(RESULT, answer="unsure", alone={"audio": SURE}, labels=())


def shown(result: Recognition, capsys: pytest.CaptureFixture[str]) -> list[str]:
    show(result)
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("answer", "labels", "remark"),
    [
        ("unsure", ("happy",), "unsure; likely happy"),
        ("unsure", ("happy", "sad"), "unsure; likely one of: happy, sad"),
        ("happy", ("happy", "sad"), "likely one of: happy, sad"),
        ("unsure", (), "unsure"),
    ],
)
def test_the_set_of_labels_is_said_as_what_it_is(
    capsys: pytest.CaptureFixture[str], answer: str, labels: tuple[str, ...], remark: str
) -> None:
    assert shown(replace(RESULT, answer=answer, labels=labels), capsys)[-1] == remark


def test_a_set_of_nothing_but_the_answer_is_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert len(shown(RESULT, capsys)) == 3


def test_disagreement_is_said_with_the_windows_it_is_in(capsys: pytest.CaptureFixture[str]) -> None:
    windows = [(0, SURE, False), (1, SURE, True), (2, SURE, False), (3, OTHER, True)]
    timeline = tuple(moment(start, values, disagree=apart) for start, values, apart in windows)
    assert shown(replace(RESULT, timeline=timeline), capsys)[-2:] == [
        "0:00.0 -  0:04.5  happy 90 %  face and voice disagree in 1 of 3 windows",
        "0:04.5 -  0:07.0  sad 80 %  face and voice disagree",
    ]


@pytest.mark.parametrize(
    ("result", "rests_on"),
    [
        (RESULT, "from voice and face"),
        (replace(SOUND, problems=("no picture",)), "from voice"),
        (replace(SOUND, problems=("no picture", "silence")), "nothing heard"),
        (replace(SOUND, problems=("no picture", "no speech")), "from sound"),
        (replace(RESULT, alone={"video": SURE}, problems=("silence",)), "from face"),
    ],
)
def test_silence_and_noise_are_not_called_a_voice(
    capsys: pytest.CaptureFixture[str], result: Recognition, rests_on: str
) -> None:
    assert shown(result, capsys)[0] == f"clip.mp4  9.0 s, {rests_on}"
