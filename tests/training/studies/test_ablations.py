"""The study of ablations: each row changes what it says, and the controls are of equal size."""

from pathlib import Path

from mrpn.training.strategies import make_network
from mrpn.training.studies import load_study
from mrpn.training.studies.recipes import row_recipes

PLACE = Path(__file__).resolve().parents[3] / "recipes" / "ablations.yaml"


def test_every_row_differs_and_the_controls_have_the_parameters_they_claim() -> None:
    study = load_study(PLACE)
    rows = {each.row.row: each for each in row_recipes(study, PLACE, size="small")}
    assert list(rows) == [row.row for row in study.rows]
    runs = {(each.row.strategy, each.recipe.digest) for each in rows.values()}
    assert len(runs) == len(rows)
    sizes = {}
    for name in ("N0", "N1", "N2", "N0 perceptron", "N1 dense"):
        recipe, strategy = rows[name].recipe, rows[name].row.strategy
        network = make_network(recipe, strategy, 8, 0, {})
        sizes[name] = sum(p.numel() for p in network.parameters())
    assert sizes["N1 dense"] == sizes["N2"]
    # N2 adds perceptrons and side scores to N0; each is one row's.
    assert sizes["N0 perceptron"] - sizes["N0"] == sizes["N2"] - sizes["N1"] > 0
