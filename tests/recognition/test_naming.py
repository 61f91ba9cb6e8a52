"""Names of recordings and of what is made of them: the source is safe, names are told apart."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.common.errors import ConfigError
from mrpn.recognition.naming import file_behind, output_names, readable, refuse_recordings

REFUSED = "is a recording itself, give the output another name"


def test_the_file_behind_a_row_and_behind_a_member_is_the_table_and_the_archive(
    tmp_path: Path,
) -> None:
    archive = tmp_path / "all.zip"
    with ZipFile(archive, "w") as packed:
        packed.writestr("fer.csv", "pixels")
    assert file_behind(Path("a/fer.csv#1")) == Path("a/fer.csv")
    assert file_behind(Path("a/fer.PARQUET#12")) == Path("a/fer.PARQUET")
    assert file_behind(archive / "fer.csv#3") == archive
    assert file_behind(archive / "b" / "c.mp4") == archive
    assert file_behind(Path("take#1.mp4")) == Path("take#1.mp4")


def test_rows_are_called_by_table_and_row_and_equal_names_are_numbered() -> None:
    given_names = ("a/clip.mp4", "fer.csv#1", "fer.csv#12", "b/clip.mp4", "clip-2.wav", "Clip.mov")
    assert output_names([Path(name) for name in given_names]) == [
        "clip",
        "fer-1",
        "fer-12",
        "clip-3",
        "clip-2",
        "Clip-4",
    ]


@given(names=st.lists(st.sampled_from(["a", "A", "a-2", "a-3", "a-2-2", "b"]), max_size=12))
def test_no_two_recordings_have_one_name_and_a_single_one_keeps_its_own(names: list[str]) -> None:
    found = output_names([Path(str(n), f"{name}.mp4") for n, name in enumerate(names)])
    lowered = [name.casefold() for name in names]
    assert len({name.casefold() for name in found}) == len(names)
    for name, new in zip(names, found, strict=True):
        assert new.startswith(name)
        assert new == name or lowered.count(name.casefold()) > 1


@pytest.mark.parametrize("name", ["{0}.mp4", "clip.mp4"], ids=["other names", "equal names"])
def test_naming_takes_time_by_the_number_of_recordings_not_by_its_square(name: str) -> None:
    recordings = [Path(str(number), name.format(number)) for number in range(30_000)]
    began = time.process_time()
    assert len(set(output_names(recordings))) == 30_000
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "spelled",
    [
        lambda path: path,
        lambda path: path.parent / ".." / path.parent.name / path.name,
        lambda path: (path.parent / "link.csv").symlink_to(path) or path.parent / "link.csv",
        lambda path: Path(os.path.relpath(path)),
    ],
    ids=["as it is", "by the parent", "linked", "relative"],
)
def test_a_table_is_refused_however_it_is_spelled(
    tmp_path: Path, spelled: Callable[[Path], Path]
) -> None:
    table = tmp_path / "fer.csv"
    table.write_text("pixels\n0 0 0 0\n")
    with pytest.raises(ConfigError, match=REFUSED):
        refuse_recordings([tmp_path / "new.csv", spelled(table)], [Path(f"{table}#0")])
    refuse_recordings([tmp_path / "new.csv"], [Path(f"{table}#0"), tmp_path / "gone.csv"])


def test_a_name_that_is_not_utf_8_is_readable_and_all_others_stay() -> None:
    assert readable(os.fsdecode(b"b\xfcro \xff.mp4")) == r"b\xfcro \xff.mp4"
    assert readable("büro 日本.mp4") == "büro 日本.mp4"
