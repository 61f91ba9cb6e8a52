from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mrpn.common.errors import MediaError
from mrpn.media import is_still, iter_frames, probe, read_still


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = "\n".join(f"0,{' '.join(str(v) for v in range(k, k + 9))},Training" for k in range(3))
    path = tmp_path / "fer2013.csv"
    path.write_text(f"emotion,pixels,Usage\n{rows}\n")
    return path


def test_a_row_of_the_table_is_a_grey_square(table: Path) -> None:
    image = read_still(Path(f"{table}#2"))
    np.testing.assert_array_equal(image[..., 0], [[2, 3, 4], [5, 6, 7], [8, 9, 10]])
    assert image.shape == (3, 3, 3)
    assert image.dtype == np.uint8


def test_columns_are_found_by_name_and_quotes_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "icml_face_data.csv"
    path.write_text('emotion, Usage, pixels\n1,Training,"7 8 9 10"\n')
    np.testing.assert_array_equal(read_still(Path(f"{path}#0"))[..., 1], [[7, 8], [9, 10]])


def test_a_table_changed_on_disk_is_read_anew(table: Path) -> None:
    read_still(Path(f"{table}#0"))
    table.write_text("emotion,pixels,Usage\n0,99,Training\n")
    assert read_still(Path(f"{table}#0")).tolist() == [[[99, 99, 99]]]


@pytest.mark.parametrize(
    ("content", "row", "text"),
    [
        ("emotion,pixels\n0,1 2 3 4\n", 1, "has 1 rows"),
        ("emotion,pixels\n0,1 2 3\n", 0, "not a square"),
        ("emotion,pixels\n0,a b c d\n", 0, "no grey values"),
        ("emotion,pixels\n0,1 2 3 999\n", 0, "no grey values"),
        ("emotion,faces\n0,1\n", 0, "no column 'pixels'"),
    ],
)
def test_a_bad_row_is_one_clear_line(tmp_path: Path, content: str, row: int, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(MediaError, match=text):
        read_still(Path(f"{path}#{row}"))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1"])
def test_every_kind_of_png_becomes_rgb(tmp_path: Path, mode: str) -> None:
    Image.new("RGB", (5, 4), (255, 255, 255)).convert(mode).save(tmp_path / "a.png")
    image = read_still(tmp_path / "a.png")
    assert image.shape == (4, 5, 3)
    assert image.min() == 255


def test_a_still_is_one_picture_at_time_0(tmp_path: Path, table: Path) -> None:
    Image.new("L", (48, 48), 100).save(tmp_path / "face.jpg")
    for path in (tmp_path / "face.jpg", Path(f"{table}#0")):
        assert is_still(path)
        assert [frame.time for frame in iter_frames(path, 10)] == [0.0]
    info = probe(tmp_path / "face.jpg")
    assert (info.has_video, info.has_audio, info.width, info.duration) == (True, False, 48, 0.0)


def test_a_bad_image_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no image")
    (tmp_path / "folder.png").mkdir()
    Image.effect_noise((64, 64), 50).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:900])
    for name, text in [
        ("text.jpg", "not an image"),
        ("folder.png", "is a folder"),
        ("cut.png", "not an image, or cut off"),
        ("absent.png", "no such file"),
        ("absent.csv#3", "no such file"),
    ]:
        with pytest.raises(MediaError, match=text):
            read_still(tmp_path / name)
