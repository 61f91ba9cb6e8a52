"""A result as a table, and tables as files."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mrpn.common.errors import ConfigError
from mrpn.common.files import atomic_path
from mrpn.recognition.result import HEARD, Moment, Recognition


def timeline_table(result: Recognition) -> pd.DataFrame:
    """Return one row per window and face of a result.

    Columns: `source, start, end, face, x0, y0, x1, y1, answer, label, labels, p_<class>...,
    face_<class>..., voice_<class>..., face_share, speech, voice, disagreement, disagree`; what is
    not there is missing.
    """
    rows = [_row(result, moment) for moment in result.timeline]
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
            table.to_csv(partial, index=False, float_format="%.6g")
        else:
            table.to_parquet(partial, index=False)


def _row(result: Recognition, moment: Moment) -> dict[str, object]:
    corners = moment.box or (None,) * 4
    alone = {
        f"{heard}_{name}": moment.alone.get(modality, {}).get(name)
        for modality, heard in sorted(HEARD.items(), reverse=True)
        if modality in {used for each in result.timeline for used in each.alone}
        for name in moment.probabilities
    }
    return {
        "source": result.source,
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
