"""`mrpn watch`: recognition as it happens, from a camera, or from a file played as one."""

import json as jsons
import statistics
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.predict import WeightsOption
from mrpn.cli.table import output, print_line
from mrpn.common.errors import ConfigError, MediaError
from mrpn.common.progress import say
from mrpn.recognition import Moment, Recognizer, Windows
from mrpn.recognition.choosing import default_weights
from mrpn.recognition.devices import NONE, open_devices
from mrpn.recognition.live import LiveRecognizer
from mrpn.recognition.playing import Session, buffered, follow, play
from mrpn.recognition.result import HEARD, best

HELP = "Recognise emotion live, from camera and microphone or from a file played as such."
EXAMPLE = "Example: mrpn watch   or: mrpn watch clip.mp4"
BAR = 16


def watch(
    file: Annotated[
        Path | None, typer.Argument(help="A file to play; without it, the camera.")
    ] = None,
    weights: WeightsOption = None,
    camera: Annotated[
        str | None, typer.Option(help="As FFmpeg names it: /dev/video0, 0:none; or 'none'.")
    ] = None,
    microphone: Annotated[
        str | None, typer.Option(help="As FFmpeg names it: default, none:0; or 'none'.")
    ] = None,
    window: Annotated[float, typer.Option(help="Length of a window, seconds.")] = 4.0,
    step: Annotated[
        float | None, typer.Option(help="Seconds between windows.", show_default="1")
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0, help="Of a file: 1 as a camera gives it, 0 as fast as it goes.")
    ] = 1.0,
    json: Annotated[bool, typer.Option("--json", help="Print a line of JSON each.")] = False,
) -> None:
    """Recognise a stream; see HELP. Ctrl-C ends it."""
    windows = Windows.of(window, step)
    recognizer = Recognizer.from_pretrained(weights or default_weights(), windows=windows)
    session = Session()
    if file is not None:
        moments = play(file, recognizer, speed=speed or None, session=session)
    else:
        moments = _devices(recognizer, camera, microphone, session)
    answered = False
    try:
        with closing(moments):
            for moment in moments:
                answered = True
                if json:
                    output.out(jsons.dumps(_plain(moment, session)), highlight=False)
                else:
                    _show(moment, session)
    except KeyboardInterrupt:
        if file is not None:
            raise
    if file is not None and not answered:
        raise MediaError(f"{file}: no answer: {_lacks(session) or 'too short'}")
    _sum_up(session, "" if file is None else f"{file}: ")


def _devices(
    recognizer: Recognizer, camera: str | None, microphone: str | None, session: Session
) -> Generator[Moment, None, None]:
    devices = open_devices(camera, microphone, recognizer.preprocessing.clip)
    if not devices:
        raise ConfigError("with neither camera nor microphone there is nothing to watch")
    live = LiveRecognizer(recognizer, picture=camera != NONE, sound=microphone != NONE)
    return follow(buffered(devices, session), live, session)


def _show(moment: Moment, session: Session) -> None:
    value = moment.probabilities[moment.label]
    who = "voice " if moment.face is None else f"face {moment.face}"
    sides = "  ".join(
        f"{HEARD[name]} {best(values)} {100 * values[best(values)]:.0f} %"
        for name, values in sorted(moment.alone.items(), reverse=True)
    )
    bar = "█" * round(BAR * value)
    late = "" if session.latency is None else f"{1000 * session.latency:4.0f} ms"
    head = f"{moment.end:7.1f} s  {who}  {moment.answer:<10}{100 * value:4.0f} %  {bar:<{BAR}}"
    print_line(f"{head}  {late}  {sides}", "yellow" if moment.disagree else "")


def _plain(moment: Moment, session: Session) -> dict[str, object]:
    return {
        "start": moment.start,
        "end": moment.end,
        "face": moment.face,
        "answer": moment.answer,
        "probabilities": moment.probabilities,
        "alone": moment.alone,
        "voice": moment.voice,
        "latency": session.latency,
    }


def _lacks(session: Session) -> str:
    return ", ".join(session.problems)


def _sum_up(session: Session, name: str) -> None:
    if session.problems:
        say(escape(f"{name}{_lacks(session)}"))
    line = f"{session.pictures} pictures, {session.dropped} dropped"
    times = sorted(1000 * each for each in session.latencies)
    if times:
        late = times[min(len(times) - 1, round(0.95 * len(times)))]
        line += (
            f"; a window's answer came {statistics.median(times):.0f} ms after its last picture "
            f"(95 %: {late:.0f} ms)"
        )
    say(line)
