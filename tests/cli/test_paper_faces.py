"""A table of the paper on films in which faces have to be found first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.preparation import PreparedCorpus
from mrpn.training.studies import gather, study_inputs
from toy_size import BOTH, RECIPES, as_options

Run = Callable[..., Any]
# Crops are cut out of the films, large enough to see that they hold a face.
FOUND = {**BOTH, "preprocessing.clip.size": 32, "preprocessing.clip.detector": "retinaface"}
del FOUND["preprocessing.clip.faces"]


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_table_2_finds_the_faces_of_talking_people(mrpn: Run, tmp_path: Path) -> None:
    """Drawn films under RAVDESS's names, read as RAVDESS."""
    films = tmp_path / "RAVDESS"
    grid = ("intensities=[1]", "statements=[1]", "repetitions=[1]", "duration=[0.8,1.0]")
    few = [part for name in grid for part in ("--set", name)]
    drawn = mrpn("corpus", "synthesize", films, "--difficulty", "easy", "--actors", 24, *few)
    assert drawn.code == 0, drawn.err
    how = ("--out", tmp_path / "runs", "--fold", "A9,10", *as_options(FOUND))
    ran = mrpn("crossval", RECIPES / "paper" / "table2.yaml", films, *how)
    assert ran.code == 0, ran.err
    (folder,) = (tmp_path / "runs" / "prepared").iterdir()
    corpus = PreparedCorpus(folder)
    assert len(corpus) == 24 * 8
    for clip in corpus.clips:
        assert clip.problems == ()
        assert clip.video is not None
        boxes, scores = corpus.read(clip).boxes, corpus.read(clip).scores
        assert len(boxes) >= 3
        assert scores.min() > 0.6
        # A face in the films of 360 lines, not the whole picture.
        assert (boxes[:, 2:] - boxes[:, :2] > 40).all()
        assert (boxes[:, 2:] - boxes[:, :2] < 300).all()
    study = tmp_path / "runs" / "table2"
    assert set(gather(study).predictions["row"]) == {"AM", "VM", "late", "N0", "N1", "N2"}
    (faces,) = study_inputs(study, pictures=False).facts["Faces"]
    assert faces.startswith("found by retinaface in one in 4, at 320 pixels; crops 1.3 times")
