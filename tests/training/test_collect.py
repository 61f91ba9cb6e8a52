"""What runs say of how their networks were chosen reaches the report."""

from mrpn.evaluation.study import Selection
from mrpn.training.collect import selections_of


def test_each_way_of_choosing_is_told_once_as_the_results_have_it() -> None:
    result = {"protocol": "paper", "selected": "last", "selection": "by none", "optimistic": False}
    other = {"protocol": "strict", "selected": "best", "selection": "by loss", "optimistic": False}
    assert selections_of([result, dict(result), other]) == (
        Selection("paper", "by none", False),
        Selection("strict", "by loss", False),
    )


def test_results_that_do_not_say_have_their_epochs_rule() -> None:
    old = [
        {"protocol": protocol, "selected": selected}
        for protocol in ("paper", "strict")
        for selected in ("last", "best")
    ]
    found = selections_of(old)
    assert [each.optimistic for each in found] == [False, True, False, False]
    assert found[0].how == "the model of the last epoch"
