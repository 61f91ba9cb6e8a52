import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mrpn.common.errors import MediaError
from mrpn.media import is_still, iter_frames, probe, read_still
from zips import packed


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


def test_a_picture_is_turned_upright_as_its_exif_says(tmp_path: Path) -> None:
    picture = Image.new("L", (4, 2), 0)
    picture.putpixel((0, 0), 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.png", exif=exif)
    image = read_still(tmp_path / "a.png")
    assert image.shape == (4, 2, 3)
    assert np.argwhere(image[..., 0]).tolist() == [[0, 1]]


def test_16_bits_are_scaled_to_8(tmp_path: Path) -> None:
    values = np.array([[0, 256, 32768, 65535]], np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert read_still(tmp_path / "a.png")[0, :, 0].tolist() == [0, 1, 128, 255]


def test_stills_and_tables_in_an_archive_are_read_as_from_its_folder(
    tmp_path: Path, table: Path
) -> None:
    Image.effect_noise((9, 8), 90).save(tmp_path / "a.png")
    member = packed(tmp_path / "a.png")
    np.testing.assert_array_equal(read_still(member), read_still(tmp_path / "a.png"))
    assert [frame.image.shape for frame in iter_frames(member)] == [(8, 9, 3)]
    rows = packed(table, "tables.zip")
    for row in (2, 0, 1):
        np.testing.assert_array_equal(
            read_still(Path(f"{rows}#{row}")), read_still(Path(f"{table}#{row}"))
        )
    with pytest.raises(MediaError, match="holds no such file"):
        read_still(member.with_name("b.png"))


@pytest.mark.parametrize("side", [10_000, 1_000_000])
def test_an_absurd_size_is_refused_before_memory_is_taken(tmp_path: Path, side: int) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    content = bytearray((tmp_path / "a.png").read_bytes())
    content[16:24] = struct.pack(">II", side, side)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    (tmp_path / "a.png").write_bytes(bytes(content))
    for read in (read_still, probe):
        with pytest.raises(MediaError, match=r"a\.png: the image has more than 67108864 pixels"):
            read(tmp_path / "a.png")


def test_a_damaged_file_makes_no_noise(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.tif")
    content = bytearray((tmp_path / "a.tif").read_bytes())
    samples = content.index(struct.pack("<HHI", 277, 3, 1))
    content[samples + 8] = 35
    (tmp_path / "a.tif").write_bytes(bytes(content))
    script = "import sys; from pathlib import Path; from mrpn.media import read_still\n"
    script += "try: read_still(Path(sys.argv[1]))\nexcept Exception as error: print(error)"
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "a.tif")], check=True)
    output = capfd.readouterr()
    assert "a.tif: not an image" in output.out
    assert output.err == ""


def test_postscript_under_another_name_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    with pytest.raises(MediaError, match="not an image"):
        read_still(tmp_path / "a.jpg")
