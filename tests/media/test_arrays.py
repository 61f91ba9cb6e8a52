"""Arrays per modality from npz files and Parquet rows."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mrpn.common.errors import MediaError
from mrpn.media.arrays import read_arrays

POSE = np.arange(6, dtype=np.float64).reshape(3, 2)


def save(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def npz_of(path: Path, header: bytes, body: bytes = b"") -> Path:
    """An npz whose one array has a header of our own."""
    magic = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pose.npy", magic + header + body)
    return path


def test_every_array_of_an_npz_is_a_modality_of_float32_rows(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", pose=POSE, age=np.array([30], np.int64), gaze=np.zeros((0, 4)))
    found = read_arrays(path)
    assert list(found) == ["age", "gaze", "pose"]
    assert {name: (a.dtype.str, a.shape) for name, a in found.items()} == {
        "age": ("<f4", (1, 1)),
        "gaze": ("<f4", (0, 4)),
        "pose": ("<f4", (3, 2)),
    }
    assert np.array_equal(found["pose"], POSE)
    np.savez_compressed(tmp_path / "b.npz", pose=np.zeros((40_000, 100)))
    assert read_arrays(tmp_path / "b.npz")["pose"].shape == (40_000, 100)


def test_an_npz_inside_a_zip_is_read_as_well(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", pose=POSE)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(path, "happy/a.npz")
    assert np.array_equal(read_arrays(tmp_path / "all.zip" / "happy" / "a.npz")["pose"], POSE)


def test_a_row_of_a_parquet_table_has_a_modality_per_column_of_lists(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "label": ["sad", "happy", "sad"],
            "pose": [[[0.0, 1.0], [2.0, 3.0]], [[4.0, 5.0]], None],
            "heart": [[60.0, 61.5], None, [70.0, 71.0]],
        }
    )
    table = tmp_path / "t.parquet"
    frame.to_parquet(table, row_group_size=2)
    first, second, third = (read_arrays(tmp_path / f"t.parquet#{row}") for row in range(3))
    assert {name: array.tolist() for name, array in first.items()} == {
        "heart": [[60.0, 61.5]],
        "pose": [[0.0, 1.0], [2.0, 3.0]],
    }
    assert (list(second), list(third)) == (["pose"], ["heart"])
    frame.iloc[::-1].to_parquet(table)
    assert list(read_arrays(tmp_path / "t.parquet#0")) == ["heart"]


def test_pickled_objects_are_refused_and_not_run(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, pose=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(MediaError, match="'pose' holds pickled objects, which are not read"):
        read_arrays(path)


def test_a_header_that_claims_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    shape = "(1000000000000, 8)"
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    with pytest.raises(MediaError, match="claims more than 1073741824 bytes"):
        read_arrays(npz_of(tmp_path / "a.npz", header))


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (np.zeros((2, 3, 4)), "'pose' is 2 x 3 x 4; it is T x D"),
        (np.float32(3), "'pose' is a single number"),
        (np.zeros((3, 0)), "'pose' is 3 x 0"),
        (np.array([1.0, np.nan]), "not finite"),
        (np.array([1e300]), "not finite"),
        (np.array(["a"]), "'pose' holds <U1, not numbers"),
        (np.array([1j]), "'pose' holds complex128, not numbers"),
    ],
)
def test_what_is_no_sequence_of_finite_numbers_is_one_clear_line(
    tmp_path: Path, value: Any, line: str
) -> None:
    with pytest.raises(MediaError, match=line) as raised:
        read_arrays(save(tmp_path / "a.npz", pose=value))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"", "not an .npz file"), (b"text", "not an .npz file"), (None, "no such file")],
)
def test_what_is_no_npz_is_one_clear_line(tmp_path: Path, content: bytes | None, line: str) -> None:
    if content is not None:
        (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(MediaError, match=rf"a\.npz: {line}"):
        read_arrays(tmp_path / "a.npz")
    with pytest.raises(MediaError, match="holds no arrays"):
        read_arrays(save(tmp_path / "none.npz"))


def test_tables_that_cannot_serve_are_one_clear_line(tmp_path: Path) -> None:
    pd.DataFrame({"label": ["sad"]}).to_parquet(tmp_path / "bare.parquet")
    ragged = [[[1.0], [1.0, 2.0]], [[1.0]], [None, [1.0]]]
    pd.DataFrame({"pose": ragged}).to_parquet(tmp_path / "ragged.parquet")
    pd.DataFrame({"pose": [[1.0, None]]}).to_parquet(tmp_path / "gap.parquet")
    (tmp_path / "text.parquet").write_text("no table")
    lines = {
        "bare.parquet#0": "no column of lists; give one per modality",
        "ragged.parquet#0": "a cell is no list of numbers",
        "ragged.parquet#3": "the table has 3 rows, counted from 0",
        "gap.parquet#0": "not finite",
        "text.parquet#0": "not a Parquet table that can be read",
        "gone.parquet#0": "no such file",
    }
    for name, line in lines.items():
        with pytest.raises(MediaError, match=line) as raised:
            read_arrays(tmp_path / name)
        assert "\n" not in str(raised.value)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), cut=st.floats(0, 1))
def test_damage_ends_in_arrays_or_an_error_of_ours(
    tmp_path: Path, place: float, value: int, cut: float
) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, pose=POSE, gaze=np.ones(5))
    content = bytearray(buffer.getvalue())
    content[int(place * len(content))] = value
    path = tmp_path / "a.npz"
    path.write_bytes(content[: len(content) if cut < 0.5 else int(cut * len(content))])
    try:
        found = read_arrays(path)
    except MediaError as error:
        assert "\n" not in str(error)
    else:
        assert all(array.ndim == 2 and np.isfinite(array).all() for array in found.values())
