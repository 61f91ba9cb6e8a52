"""`mrpn export`: a network as a file that runs without this package."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mrpn.cli.predict import WeightsOption
from mrpn.cli.table import print_line
from mrpn.common.errors import MrpnError
from mrpn.recognition import Recognizer
from mrpn.recognition.choosing import default_weights
from mrpn.recognition.comparing import Compared, compare
from mrpn.recognition.exporting import export_onnx, quantise

HELP = "Write a network as ONNX, to run with onnxruntime alone; compare it with the original."
EXAMPLE = "Example: mrpn export n2.onnx --weights run/weights.safetensors --int8"
EQUAL = 1e-4


class Format(StrEnum):
    """What a network can be exported as."""

    onnx = "onnx"


def export(
    out: Annotated[Path, typer.Argument(help="The .onnx file; a .json beside it describes it.")],
    weights: WeightsOption = None,
    format: Annotated[Format, typer.Option(help="The only one so far.")] = Format.onnx,  # noqa: ARG001
    int8: Annotated[
        bool, typer.Option("--int8", help="Write NAME-int8.onnx too, weights in 8 bits.")
    ] = False,
    check: Annotated[
        list[Path] | None, typer.Option(help="A clip to compare on; repeatable. Default: noise.")
    ] = None,
) -> None:
    """Export a network; see HELP."""
    recognizer = Recognizer.from_pretrained(weights or default_weights())
    export_onnx(recognizer, out)
    found = compare(recognizer, out, check or [])
    print_line(_line(out, found))
    if found.largest > EQUAL:
        raise MrpnError(f"{out}: differs from the original by {found.largest:.2g}; do not use it")
    if int8:
        small = out.with_name(f"{out.stem}-int8.onnx")
        quantise(out, small)
        print_line(_line(small, compare(recognizer, small, check or [])))


def _line(path: Path, found: Compared) -> str:
    clips = f"{found.clips} clips of noise" if found.random else f"{found.clips} clips"
    return (
        f"{path}  {path.stat().st_size / 1e6:.1f} MB, on {clips}: probabilities within "
        f"{found.largest:.2g} of the original, the same class in {100 * found.agree:.0f} %"
    )
