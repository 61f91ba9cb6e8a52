"""The user's own clips in a table."""

from pathlib import Path

import pandas as pd
import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora.table import read_table


def write(file: Path, *lines: str) -> Path:
    file.write_text("\n".join(lines) + "\n")
    return file


def test_a_row_is_a_clip_and_other_columns_stay_with_it(tmp_path: Path) -> None:
    table = write(
        tmp_path / "mine.csv",
        "id,label,actor,sex,video,audio,partition,take",
        "one,Fear,07,F,a/1.mp4,a/1.wav,dev,3",
        "two,bored,bob,,b.mp4,,,",
    )
    manifest = read_table(table)
    one, two = manifest.records
    assert (manifest.name, manifest.root, manifest.classes) == (
        "mine",
        tmp_path,
        ("fearful", "bored"),
    )
    assert (one.id, one.label, one.actor, one.sex) == ("one", "fearful", "07", "female")
    assert (one.video, one.audio, one.partition) == ("a/1.mp4", "a/1.wav", "validation")
    assert (one.extra, two.extra) == ({"take": "3"}, {})
    assert (two.sex, two.audio, two.partition) == (None, None, None)


def test_columns_are_mapped_by_name_and_one_may_serve_twice(tmp_path: Path) -> None:
    table = write(tmp_path / "mine.csv", "file,emotion,speaker", "a/1.mp4,sad,9")
    columns = {"video": "file", "audio": "file", "label": "emotion", "actor": "speaker"}
    (record,) = read_table(table, columns=columns, root=Path("media"), name="x").records
    assert (record.id, record.label, record.actor) == ("a+1", "sad", "9")
    assert record.video == record.audio == "a/1.mp4"
    assert record.extra == {}


def test_columns_may_be_mapped_in_one_text(tmp_path: Path) -> None:
    table = write(tmp_path / "mine.csv", "path,emotion,speaker", "a/1.mp4,sad,9")
    (record,) = read_table(table, columns="label=emotion, video=path,actor=speaker").records
    assert (record.label, record.actor, record.video) == ("sad", "9", "a/1.mp4")


def test_parquet_is_read_too_with_whole_numbers_as_such(tmp_path: Path) -> None:
    table = tmp_path / "mine.parquet"
    frame = pd.DataFrame(
        {"label": ["sad", "happy"], "actor": [3.0, None], "video": ["a.mp4", "b.mp4"]}
    )
    frame.to_parquet(table)
    assert [record.actor for record in read_table(table).records] == ["3", "b"]


BAD = [
    (",1.mp4,x,,", "row 2 has no label"),
    ("sad,,x,,", "row 2 names neither video nor audio nor arrays"),
    ("sad,1.mp4,x,robot,", "row 2 has sex 'robot'; it is male, female or empty"),
    ("sad,1.mp4,x,,later", "row 2 has partition 'later'"),
    ("sad,0.mp4,x,,", "row 2 has the id '0' of an earlier row"),
]


@pytest.mark.parametrize(("row", "line"), BAD)
def test_a_bad_row_is_left_out_and_noted_or_refused(tmp_path: Path, row: str, line: str) -> None:
    table = write(tmp_path / "m.csv", "label,video,actor,sex,partition", "sad,0.mp4,x,,", row)
    manifest = read_table(table)
    assert [record.id for record in manifest.records] == ["0"]
    assert len(manifest.notes) == 1
    assert manifest.notes[0].startswith(f"m.csv: left out: {line}")
    with pytest.raises(CorpusError, match=rf"m\.csv: {line}"):
        read_table(table, strict=True)


def test_many_bad_rows_are_counted(tmp_path: Path) -> None:
    table = write(tmp_path / "m.csv", "label,video", "sad,0.mp4", *[",x.mp4"] * 25)
    notes = read_table(table).notes
    assert len(notes) == 21
    assert notes[-1] == "m.csv: left out: 5 more rows"


@pytest.mark.parametrize(
    ("lines", "columns", "line"),
    [
        (["label,video"], {}, "no clips in the table"),
        (["label,video", ",a.mp4"], {}, "no clips in the table; row 1 has no label"),
        (["emotion,video", "sad,a"], {}, "columns for the label and for video or audio"),
        (["label,file", "sad,a"], {}, "columns for the label and for video or audio"),
        (["label,video", "sad,a"], {"actor": "who"}, "no column 'who'; there are label, video"),
        (["label,video", "sad,a"], {"mood": "label"}, "no field 'mood'; there are id, label"),
        (["label,video", "sad,a"], "label", "'label' is no field=column, as in label=emotion"),
        (["label,video", "sad,a"], "label=,actor=x", "'label=' is no field=column"),
        (['label,video\n"sad'], {}, "cannot read the table"),
    ],
)
def test_a_table_that_cannot_serve_is_one_clear_line(
    tmp_path: Path, lines: list[str], columns: dict[str, str] | str, line: str
) -> None:
    with pytest.raises(CorpusError, match=line) as raised:
        read_table(write(tmp_path / "m.csv", *lines), columns=columns)
    assert "\n" not in str(raised.value)


def test_a_missing_table_and_an_unknown_suffix_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"none\.csv: cannot read the table"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(CorpusError, match=r"not '\.xlsx'"):
        read_table(tmp_path / "mine.xlsx")


def test_a_comma_at_the_end_of_the_rows_shifts_no_column(tmp_path: Path) -> None:
    table = write(tmp_path / "mine.csv", "label,video", "sad,a.mp4,", "happy,b.mp4,")
    manifest = read_table(table)
    assert [(r.label, r.video) for r in manifest.records] == [("sad", "a.mp4"), ("happy", "b.mp4")]
    assert manifest.notes == ()


def test_cells_beyond_the_last_column_are_noted(tmp_path: Path) -> None:
    table = write(tmp_path / "mine.csv", "label,video", "sad,a.mp4,x", "happy,b.mp4,", "sad,c.mp4")
    manifest = read_table(table)
    assert [r.video for r in manifest.records] == ["a.mp4", "b.mp4", "c.mp4"]
    assert manifest.notes == ("1 row of mine.csv with cells beyond the last column, 1",)
