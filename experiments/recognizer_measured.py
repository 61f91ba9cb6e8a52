"""How good the recognizer is: on held-out voices, faces, both together, and six real films.

    python experiments/recognizer_measured.py --voices RAVDESS --faces FER2013 --films CREMA-D

Everything goes the whole way of `mrpn predict`, through `Recognizer.predict`: recordings of
RAVDESS's actors 21 to 24; FER2013's PrivateTest faces as films of one second; some enlarged
and put on grey, where the detector has to find them first; voices and faces paired by class;
CREMA-D's films, of another corpus than any that was learned from. Coverage and calibration are
measured twice: with a calibration found without the clip's actor (for faces: its quarter of the
corpus), and with the one that ships.
"""

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from scripting import positive, run_script

from mrpn.common.errors import CorpusError, MediaError
from mrpn.common.files import file_digest, write_json, write_text
from mrpn.common.likely import label_set, softmax
from mrpn.common.machine import code_digest, describe_machine
from mrpn.common.progress import say, track
from mrpn.corpora import ClipRecord, Manifest, read_corpus
from mrpn.evaluation import (
    build_predictions,
    concat_predictions,
    save_predictions,
    wilson_interval,
)
from mrpn.evaluation.calibration import expected_calibration_error
from mrpn.evaluation.doubt import conformal_thresholds, fit_temperature
from mrpn.evaluation.intervals import t_interval
from mrpn.media import read_audio, read_still
from mrpn.recognition import Recognition, Recognizer
from mrpn.recognition.choosing import default_weights
from mrpn.weights import find_weights

ROOT = Path(__file__).resolve().parent.parent
HELD_OUT = ("21", "22", "23", "24")
COVERAGES = (0.8, 0.9, 0.95)
PICTURES, RATE = 10, 16000
ENLARGED, BORDER, GREY = 192, 64, 117
Likely = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A clip to recognise: its truth, who is out when it is calibrated, and what is shown."""

    id: str
    label: str
    group: str
    shown: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What was found of some clips with the same evidence."""

    name: str
    evidence: str
    cases: list[Case]
    likely: Likely
    missed: int = 0


def main() -> None:
    """Measure, and write tables, result and reading aid."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--voices", type=Path, required=True, help="RAVDESS speech recordings")
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument("--films", type=Path, help="CREMA-D, with films")
    parser.add_argument("--weights", help="a name or a file; by default those that ship")
    parser.add_argument("--count", type=positive, default=600, help="faces to be found on grey")
    parser.add_argument("--pairings", type=positive, default=4, help="faces that each voice meets")
    parser.add_argument(
        "--every", type=positive, default=1, help="only every so many clips, to try it"
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "experiments/results/recognizer/measured"
    )
    given = parser.parse_args()
    name = given.weights or default_weights()
    recognizer = Recognizer.from_pretrained(name)
    pairings = [
        read_corpus("composite-ravdess-fer2013", given.voices, faces=given.faces, seed=seed)
        for seed in range(given.pairings)
    ]
    stills = read_corpus("fer2013", given.faces)
    paired = [[*_composite(corpus, seed)] for seed, corpus in enumerate(pairings)]
    both = [case for cases in paired for case in cases[:: given.every]]
    faces = [*_faces(stills)][:: given.every]
    voices = [Case(c.id, c.label, c.group, {"source": c.shown["path"]}) for c in paired[0]][
        :: given.every
    ]
    framed = faces[:: max(1, len(faces) // given.count)][: given.count]
    found = [
        *recognise(recognizer, "composite", both, _both),
        *recognise(recognizer, "voice", voices, lambda shown: shown),
        *recognise(recognizer, "face", faces, _still),
        *recognise(recognizer, "face in a picture", framed, _framed),
    ]
    classes = recognizer.classes
    result: dict[str, Any] = {
        "weights": {"name": name, "sha256": file_digest(find_weights(name))},
        "classes": classes,
        "corpora": {each.name: each.digest for each in (pairings[0], stills)},
        "pairings": [corpus.digest for corpus in pairings],
        "machine": describe_machine(),
        "code": code_digest(),
        "measured": [summary(each, recognizer) for each in found],
    }
    if given.films:
        result["films"] = films(recognizer, read_corpus("crema-d", given.films))
    write_json(given.out / "result.json", result)
    save_predictions(
        concat_predictions([*map(_table(classes), found)]), given.out / "clips.parquet"
    )
    write_text(given.out / "README.md", report(result))
    say(report(result))


def _composite(corpus: Manifest, seed: int) -> Iterator[Case]:
    for record in corpus.records:
        if record.partition == "test" and record.actor in HELD_OUT:
            shown = {
                "path": corpus.root / str(record.audio),
                "face": corpus.root / str(record.video),
            }
            yield Case(f"{record.id}/{seed}", record.label, record.actor, shown)


def _faces(corpus: Manifest) -> Iterator[Case]:
    for record in corpus.records:
        if record.partition == "test":
            yield Case(
                record.id, record.label, _quarter(record), {"face": corpus.root / str(record.video)}
            )


def _quarter(record: ClipRecord) -> str:
    """Return one of four parts, by content: a face that occurs twice is in one of them."""
    return str(hashlib.sha256(record.extra["content"].encode()).digest()[0] % 4)


def _still(shown: dict[str, Any]) -> dict[str, Any]:
    """A face as a film of one second."""
    return {
        "source": np.repeat(read_still(shown["face"])[None], PICTURES, axis=0),
        "times": np.arange(PICTURES) / PICTURES,
    }


def _framed(shown: dict[str, Any]) -> dict[str, Any]:
    """The same enlarged, somewhere on grey, so that it has to be found."""
    side = (ENLARGED, ENLARGED)
    large = Image.fromarray(read_still(shown["face"])).resize(side, Image.Resampling.BICUBIC)
    edge = ((BORDER, BORDER), (BORDER, BORDER), (0, 0))
    picture = np.pad(np.asarray(large), edge, constant_values=GREY)
    return {
        "source": np.repeat(picture[None], PICTURES, axis=0),
        "times": np.arange(PICTURES) / PICTURES,
    }


def _both(shown: dict[str, Any]) -> dict[str, Any]:
    """A voice and a face, as long as the voice lasts."""
    sound = read_audio(shown["path"], RATE)
    times = np.arange(0, len(sound) / RATE, 1 / PICTURES)
    frames = np.repeat(read_still(shown["face"])[None], len(times), axis=0)
    return {"source": frames, "times": times, "sound": sound, "rate": RATE}


def recognise(
    recognizer: Recognizer, name: str, cases: Sequence[Case], show: Any
) -> Iterator[Found]:
    """Yield what is found of clips, fused; and where two modalities are there, of each alone."""
    fused: dict[str, list[tuple[Case, Likely]]] = {}
    alone: dict[str, list[tuple[Case, Likely]]] = {}
    missed = 0
    for case in track(cases, name, len(cases)):
        try:
            answer: Recognition = recognizer.predict(**show(case.shown))
        except MediaError:
            missed += 1
            continue
        used = "+".join(answer.used)
        fused.setdefault(used, []).append((case, _values(answer.probabilities)))
        if len(answer.alone) > 1:
            for modality, likely in answer.alone.items():
                alone.setdefault(modality, []).append((case, _values(likely)))
    if not fused:
        raise CorpusError(f"{name}: none of {len(cases)} held-out clips could be recognised")
    whole = max(fused, key=lambda used: len(fused[used]))
    for used, rows in fused.items():
        title = name if used == whole else f"{name}, only {used}"
        yield _found(title, used, rows, missed if used == whole else 0)
    for modality, rows in alone.items():
        yield _found(f"{name}, {modality} alone", modality, rows, 0)


def _found(name: str, used: str, rows: list[tuple[Case, Likely]], missed: int) -> Found:
    return Found(name, used, [c for c, _ in rows], np.stack([v for _, v in rows]), missed)


def _values(likely: dict[str, float]) -> Likely:
    return np.array([*likely.values()])


def summary(found: Found, recognizer: Recognizer) -> dict[str, Any]:
    """Return accuracy, calibration and coverage, the latter two as they ship and cross-fitted."""
    classes = recognizer.classes
    truth = np.array([classes.index(case.label) for case in found.cases])
    right = found.likely.argmax(1) == truth
    groups = np.array([case.group for case in found.cases])
    people = not found.name.startswith("face")
    by_actor = [float(right[groups == each].mean()) for each in sorted(set(groups))]
    names = [case.label for case in found.cases]
    # Clips of one voice with several faces are no further voices.
    independent = len({case.id.rpartition("/")[0] or case.id for case in found.cases})
    calibration = recognizer.answering.calibration
    doubt = None if calibration is None else calibration.doubts.get(found.evidence)
    values: dict[str, Any] = {
        "name": found.name,
        "evidence": found.evidence,
        "clips": len(truth),
        "missed": found.missed,
        "accuracy": float(right.mean()),
        "over_clips": wilson_interval(right.mean() * independent, independent),
        "over_actors": t_interval(by_actor) if people and len(by_actor) > 2 else None,
        "by_actor": dict(zip(sorted(set(groups)), by_actor, strict=True)) if people else None,
        "unsure": float((found.likely.max(1) < recognizer.answering.sure).mean()),
        "calibration_error": expected_calibration_error(names, found.likely, classes),
        "coverage": {},
        "cross_fitted": {},
    }
    if doubt is None or len(set(groups)) == 1:
        return values
    places = [doubt.thresholds[round(100 * c) - 50] for c in COVERAGES]
    values["coverage"] = _coverages(
        found.likely, truth, np.tile(places, (len(truth), 1)), independent
    )
    likely, thresholds = _crossed(found.likely, truth, groups)
    values["cross_fitted"] = {
        "calibration_error": expected_calibration_error(names, likely, classes),
        "coverage": _coverages(likely, truth, thresholds, independent),
    }
    return values


def _crossed(
    likely: Likely, truth: NDArray[np.int64], groups: NDArray[Any]
) -> tuple[Likely, Likely]:
    """Return probabilities and thresholds found without the clip's own group."""
    scores = np.log(np.maximum(likely, 1e-300))
    values, thresholds = np.empty_like(likely), np.empty((len(truth), len(COVERAGES)))
    for group in set(groups):
        inside = groups == group
        temperature = fit_temperature(scores[~inside], truth[~inside])
        values[inside] = softmax(scores[inside], temperature)
        others = softmax(scores[~inside], temperature)
        thresholds[inside] = conformal_thresholds(others, truth[~inside], COVERAGES)
    return values, thresholds


def _coverages(
    likely: Likely, truth: NDArray[np.int64], thresholds: Likely, independent: int
) -> dict[str, Any]:
    found = {}
    for column, coverage in enumerate(COVERAGES):
        sets = [label_set(row, t) for row, t in zip(likely, thresholds[:, column], strict=True)]
        hits = sum(int(true in some) for true, some in zip(truth, sets, strict=True))
        found[f"{coverage:g}"] = {
            "covered": hits / len(truth),
            "interval": wilson_interval(hits / len(truth) * independent, independent),
            "labels": float(np.mean([len(some) for some in sets])),
        }
    return found


def films(recognizer: Recognizer, corpus: Manifest) -> list[dict[str, Any]]:
    """Return what is said of films, one by one."""
    rows = []
    for record in corpus.records:
        if record.video is not None:
            answer = recognizer.predict(corpus.root / record.video)
            alone = {name: max(each, key=each.__getitem__) for name, each in answer.alone.items()}
            rows.append(
                {
                    "film": record.id,
                    "truth": record.label,
                    "label": answer.label,
                    "probability": round(answer.probabilities[answer.label], 3),
                    "answer": answer.answer,
                    "face": alone.get("video", "-"),
                    "voice": alone.get("audio", "-"),
                    "labels": list(answer.labels),
                    "right": answer.label == record.label,
                }
            )
    return rows


def _table(classes: tuple[str, ...]) -> Any:
    def of(found: Found) -> pd.DataFrame:
        return build_predictions(
            clips=[case.id for case in found.cases],
            actors=[case.group for case in found.cases],
            labels=[case.label for case in found.cases],
            probabilities=found.likely,
            classes=classes,
            fold="held-out",
            strategy=found.name,
            seed=0,
        )

    return of


def report(result: dict[str, Any]) -> str:
    """Return the result as Markdown."""
    lines = [
        "# The recognizer, measured",
        "",
        f"Weights `{result['weights']['name']}` ({result['weights']['sha256'][:12]}), by "
        "`experiments/recognizer_measured.py`. Held out: RAVDESS's actors 21 to 24, FER2013's "
        "PrivateTest. Composite: voice and face paired by class. Calibration and coverage are "
        "cross-fitted: found without the clip's actor, or without its quarter of the faces; in "
        "brackets with what ships, which was found on these very clips.",
        "",
        "| | clips | accuracy % | 95 % over clips | over actors | unsure % "
        "| calibration error, points | set at 90 % covers % | labels in it |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in result["measured"]:
        actors = _range(row["over_actors"]) if row["over_actors"] else "-"
        crossed, ships = row["cross_fitted"], row["coverage"]
        missed = f" (+ {row['missed']} without a face)" if row["missed"] else ""
        doubt = ("-", "-", "-")
        if crossed:
            mine, theirs = crossed["coverage"]["0.9"], ships["0.9"]
            doubt = (
                f"{100 * crossed['calibration_error']:.1f} ({100 * row['calibration_error']:.1f})",
                f"{100 * mine['covered']:.1f}, {_range(mine['interval'])} "
                f"({100 * theirs['covered']:.1f})",
                f"{mine['labels']:.1f}",
            )
        cells = (
            row["name"],
            f"{row['clips']}{missed}",
            f"{100 * row['accuracy']:.1f}",
            _range(row["over_clips"]),
            actors,
            f"{100 * row['unsure']:.0f}",
            *doubt,
        )
        lines.append(f"| {' | '.join(cells)} |")
    if result.get("films"):
        right = sum(row["right"] for row in result["films"])
        lines += [
            "",
            f"CREMA-D's films, of an actor and a corpus never met: {right} of "
            f"{len(result['films'])} right.",
            "",
            "| film | truth | says | with % | face says | voice says | set at 90 % | |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for row in result["films"]:
            cells = (
                row["film"],
                row["truth"],
                row["label"],
                f"{100 * row['probability']:.0f}",
                row["face"],
                row["voice"],
                ", ".join(row["labels"]),
                "right" if row["right"] else "wrong",
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _range(interval: Sequence[float]) -> str:
    low, high = (100 * each for each in interval)
    return f"{low:.1f} to {high:.1f}"


if __name__ == "__main__":
    run_script(main, resumes=False)
