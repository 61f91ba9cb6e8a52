"""Files in processes of their own: a single one too, and the films that are drawn of them."""

from pathlib import Path

import pytest

from mrpn import Recognizer
from mrpn.recognition import Failed, Recognition
from mrpn.recognition.many import Task, recognise, recognise_all


def test_with_two_jobs_a_single_file_is_recognised_and_drawn_in_a_process_of_its_own(
    write, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise AssertionError("decoded in the process of the caller")

    weights = str(write("audio", "video"))
    expected = Recognizer.from_file(weights).predict(film)
    monkeypatch.setattr(Recognizer, "predict", crash)
    monkeypatch.setattr(Recognition, "film", crash)
    outputs = (tmp_path / "drawn.mp4", tmp_path / "film.mp4")
    (done,) = recognise_all([film], weights, {}, 2, [outputs])
    assert isinstance(done.result, Recognition)
    assert done.result.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
    first, second = done.outcomes
    assert first == (tmp_path / "drawn.mp4", "")
    assert first[0].is_file()
    assert "is a recording itself" in second[1]


def test_in_the_same_process_the_result_is_there_before_its_outputs(
    write, film: Path, tmp_path: Path
) -> None:
    out = tmp_path / "film.json"
    (done,) = recognise_all([film], str(write("audio")), {}, 1, [(out,)])
    assert isinstance(done.result, Recognition)
    assert not out.exists()
    assert list(done.outcomes) == [(out, "")]
    assert out.is_file()


def test_a_path_is_not_resolved_a_second_time(write, film: Path, tmp_path: Path) -> None:
    weights = str(write("audio"))
    for name in ("folder", "*.mp4"):
        path = tmp_path / name
        done = recognise(Task(path, weights))
        assert isinstance(done.result, Failed)
        assert done.result.reason == f"{path}: no such file; check the path"
    folder = recognise(Task(film.parent, weights)).result
    assert isinstance(folder, Failed)
    assert folder.reason == f"{film.parent}: is a folder without any media file"
