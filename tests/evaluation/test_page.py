"""On paper a table of many folds stands in blocks, as the paper's own."""

from mrpn.evaluation.views import Cell, View, blocks

FOLDS = tuple(f"A{2 * pair + 1},{2 * pair + 2}" for pair in range(12))


def view(*columns: str, labels: int = 2) -> View:
    return View(columns, (tuple(map(Cell, columns)),), labels, note="a note")


def test_twelve_folds_are_two_blocks_of_six_which_repeat_the_names() -> None:
    wide = view("Network", "%", "Mean", "95 % interval", *FOLDS)
    first, second = blocks(wide)
    assert first.columns == ("Network", "%", "Mean", "95 % interval", *FOLDS[:6])
    assert second.columns == ("Network", "%", *FOLDS[6:])
    for block in (first, second):
        assert [cell.text for cell in block.rows[0]] == list(block.columns)
        assert (block.labels, block.note) == (2, "")


def test_a_narrow_table_is_its_only_block() -> None:
    narrow = view("Network", "%", *FOLDS[:10])
    assert blocks(narrow) == [narrow]
