"""`mrpn faces`: the faces found in a clip, drawn on it to look at."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.table import print_json, print_line
from mrpn.common.config import apply_changes, validate
from mrpn.common.files import atomic_path
from mrpn.common.progress import say
from mrpn.media import ClipSettings, Faces, draw_faces, stream_faces
from mrpn.media.sheet import contact_sheet, describe_track

HELP = "Find and follow the faces of a clip, and draw them on it to look at."
EXAMPLE = "Example: mrpn faces clip.mp4 --out track.mp4 --sheet sheet.png"


def faces(
    clip: Annotated[Path, typer.Argument(help="A video or picture.")],
    out: Annotated[Path | None, typer.Option(help="The clip with the faces drawn, mp4.")] = None,
    sheet: Annotated[Path | None, typer.Option(help="A contact sheet of the faces, png.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a setting of reading clips, such as detector=dlib."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the faces as JSON.")] = False,
) -> None:
    """Find the faces of a clip; see HELP."""
    settings = validate(ClipSettings, apply_changes({}, changes or []), "--set")
    found = stream_faces(clip, settings, lambda _: None)
    if json:
        print_json(_as_json(clip, found))
    else:
        for number, track in enumerate(found.tracks, start=1):
            print_line(describe_track(number, track, found.looked_at))
        if not found.tracks:
            print_line(f"no face in {found.looked_at} pictures")
    if out is not None:
        draw_faces(clip, found, out)
        say(escape(f"the clip with its faces is in {out}"))
    if sheet is not None:
        picture = contact_sheet(clip, found, settings)
        with atomic_path(sheet) as partial:
            picture.save(partial, "PNG")
        say(escape(f"the contact sheet is in {sheet}"))


def _as_json(clip: Path, found: Faces) -> dict[str, object]:
    return {
        "source": str(clip),
        "detector": found.detector,
        "width": found.width,
        "height": found.height,
        "duration": round(found.duration, 3),
        "looked_at": found.looked_at,
        "faces": [
            {
                "id": number,
                "pictures": len(track),
                "share": round(len(track) / found.looked_at, 4),
                "first": round(float(track.times[0]), 3),
                "last": round(float(track.times[-1]), 3),
                "mean_score": round(float(track.scores.mean()), 4),
                "weight": round(track.weight, 4),
            }
            for number, track in enumerate(found.tracks, start=1)
        ],
    }
