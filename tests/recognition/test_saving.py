"""Which output is written of which recording: planned and checked before the work."""

from pathlib import Path

import pytest

from mrpn.common.errors import ConfigError
from mrpn.recognition.saving import plan_outputs

A, B = Path("films/a.mp4"), Path("more/a.mp4")


def test_outputs_with_a_name_are_of_each_and_the_others_of_all() -> None:
    plan = plan_outputs([Path("all.csv"), Path("{name}/x.srt"), Path("all.csv")], [A, B])
    assert plan.each == ((Path("a/x.srt"),), (Path("a-2/x.srt"),))
    assert plan.together == (Path("all.csv"),)


def test_all_outputs_of_a_single_recording_are_of_it_alone() -> None:
    plan = plan_outputs([Path("all.csv"), Path("{name}.srt")], [A])
    assert (plan.each, plan.together) == (((Path("all.csv"), Path("a.srt")),), ())
    assert plan_outputs([], [A, B]).each == ((), ())


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_table_of_a_row_is_never_written_over(tmp_path: Path, suffix: str) -> None:
    table = tmp_path / f"fer{suffix}"
    table.write_text("a table of pictures")
    row = Path(f"{table}#1")
    for out in (table, tmp_path / ".." / tmp_path.name / table.name):
        with pytest.raises(ConfigError, match="is a recording itself, give the output another"):
            plan_outputs([out], [row])
    plan = plan_outputs([tmp_path / ("{name}" + suffix)], [row])
    assert plan.each == ((tmp_path / f"fer-1{suffix}",),)


def test_two_outputs_of_one_name_are_one_line() -> None:
    with pytest.raises(ConfigError, match=r"a\.json: two outputs have this name"):
        plan_outputs([Path("{name}.json"), Path("a.json")], [A, Path("films/b.mp4")])
