"""`mrpn weights`: the weights that installed packages ship, and their cards."""

from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.table import output, print_json, print_line
from mrpn.common.progress import say
from mrpn.weights import find_weights, read_header, render_card, shipped_weights
from mrpn.weights.registry import why_none

app = typer.Typer(
    help="List the weights that are installed, and show their cards.",
    epilog="Example: mrpn weights list",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command("list", epilog="Example: mrpn weights list")
def list_weights(json: Json = False) -> None:
    """List the weights that are installed, with their licences."""
    entries = [entry for entry, _ in shipped_weights().values()]
    if json:
        print_json([entry.model_dump(mode="json") for entry in entries])
        return
    for entry in entries:
        output.print(
            f"[bold]{escape(entry.name)}[/]  {escape(entry.line)}", highlight=False, soft_wrap=True
        )
        print_line(f"  {entry.kind}, {entry.size / 1e6:.1f} MB; licence: {entry.licence}", "dim")
    if not entries:
        say(escape(why_none()))


@app.command("show", epilog="Example: mrpn weights show face-small")
def show(
    name: Annotated[str, typer.Argument(help="A name of 'mrpn weights list', or a file.")],
    json: Json = False,
) -> None:
    """Print the card of weights: data, licence, accuracy, limits, how to make them again."""
    shipped = shipped_weights()
    entry, path = shipped.get(name, (None, None))
    path = path or find_weights(name, "show")
    header = read_header(path)
    if json:
        print_json(header.model_dump(mode="json"))
        return
    remarks = entry.remarks if entry else ""
    output.out(render_card(header, name, remarks), highlight=False, end="")
