"""`mrpn predict`: what a trained network recognises in media files."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.table import output, print_json, print_line
from mrpn.common.errors import MrpnError
from mrpn.common.progress import say_error
from mrpn.recognition import Recognition, Recognizer

HELP = "Recognise the emotion of whole clips with a trained network."
EXAMPLE = "Example: mrpn predict clip.mp4 --weights demo/runs/A1,2,3,4/n2-seed0/weights.safetensors"
BAR = 24


def predict(
    files: Annotated[list[Path], typer.Argument(help="Media files, one clip each.")],
    weights: Annotated[
        str, typer.Option(help="Shipped weights by name, or a file that 'mrpn train' wrote.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Recognise clips; see HELP."""
    recognizer = Recognizer.from_pretrained(weights)
    results: list[dict[str, object]] = []
    failed = 0
    for file in files:
        try:
            result = recognizer.predict(file)
        except MrpnError as error:
            failed += 1
            results.append({"source": str(file), "error": str(error)})
            say_error(str(error))
            continue
        results.append(result.to_dict())
        if not json:
            show(result)
    if json:
        print_json(results)
    if failed:
        raise typer.Exit(1)


def show(result: Recognition) -> None:
    """Print one result with small bars, the most probable class first."""
    heard = {"audio": "voice", "video": "face"}
    used = " and ".join(heard.get(name, name) for name in result.used)
    head = f"[bold]{escape(result.source)}[/]  {result.duration:.1f} s, from {used}"
    output.print(head, soft_wrap=True, highlight=False)
    for problem in result.problems:
        output.print(f"  [yellow]{escape(problem)}[/]", soft_wrap=True, highlight=False)
    ranked = sorted(result.probabilities.items(), key=lambda item: -item[1])
    for name, value in ranked:
        bar = "█" * round(BAR * value)
        style = "bold green" if name == result.label else "dim"
        print_line(f"  {name:<12}{100 * value:5.1f} %  {bar}", style)
