"""A result as a table, and tables as files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mrpn.common.errors import ConfigError
from mrpn.common.files import atomic_path
from mrpn.recognition.naming import readable
from mrpn.recognition.result import HEARD, Moment, Recognition


def timeline_table(result: Recognition) -> pd.DataFrame:
    """Return one row per window and face of a result.

    Columns: `source, start, end, face, x0, y0, x1, y1, answer, label, labels, p_<class>...,
    face_<class>..., voice_<class>..., face_share, speech, voice, disagreement, disagree`; what is
    not there is missing.
    """
    used = {name for moment in result.timeline for name in moment.alone}
    heard = {name: said for name, said in sorted(HEARD.items(), reverse=True) if name in used}
    source = readable(result.source)
    rows = [_row(source, moment, heard) for moment in result.timeline]
    table = pd.DataFrame(rows)
    table["face"] = table["face"].astype("Int64")
    return table


def save_tables(path: Path, results: Sequence[Recognition]) -> None:
    """Write the timelines of recordings as one table, .csv or .parquet, atomically."""
    if path.suffix not in (".csv", ".parquet"):
        raise ConfigError(f"{path}: a table is written as .csv or .parquet")
    table = pd.concat([timeline_table(result) for result in results], ignore_index=True)
    with atomic_path(path) as partial:
        if path.suffix == ".csv":
            times = {name: table[name].map("{:.3f}".format) for name in ("start", "end")}
            table.assign(**times).to_csv(partial, index=False, float_format="%.6g")
        else:
            # Opened here, since Arrow takes no name that is not UTF-8.
            with partial.open("wb") as file:
                table.to_parquet(file, index=False)


def _row(source: str, moment: Moment, heard: Mapping[str, str]) -> dict[str, object]:
    corners = moment.box or (None,) * 4
    alone = {
        f"{said}_{name}": moment.alone.get(modality, {}).get(name)
        for modality, said in heard.items()
        for name in moment.probabilities
    }
    return {
        "source": source,
        "start": round(moment.start, 3),
        "end": round(moment.end, 3),
        "face": moment.face,
        **dict(zip(("x0", "y0", "x1", "y1"), corners, strict=True)),
        "answer": moment.answer,
        "label": moment.label,
        "labels": " ".join(moment.labels),
        **{f"p_{name}": value for name, value in moment.probabilities.items()},
        **alone,
        "face_share": moment.face_share,
        "speech": moment.speech,
        "voice": moment.voice,
        "disagreement": moment.disagreement,
        "disagree": moment.disagree,
    }
