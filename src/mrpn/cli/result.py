"""A result on the terminal: the answer with small bars, and what changed over time."""

from rich.markup import escape

from mrpn.cli.table import output, print_line
from mrpn.media import SILENCE
from mrpn.recognition.naming import readable
from mrpn.recognition.remarks import NO_SPEECH
from mrpn.recognition.result import HEARD, Answer, Recognition
from mrpn.recognition.subtitles import Stretch, stretches

BAR = 24
_SMALL = " ▁▂▃▄▅▆▇█"
_MOST_STRETCHES = 12


def show(result: Recognition) -> None:
    """Print one result with small bars, the most probable class first."""
    source = escape(readable(result.source))
    head = f"[bold]{source}[/]  {result.duration:.1f} s, {_rests_on(result)}"
    output.print(head, soft_wrap=True, highlight=False)
    for problem in result.problems:
        output.print(f"  [yellow]{escape(problem)}[/]", soft_wrap=True, highlight=False)
    ranked = sorted(result.probabilities.items(), key=lambda item: -item[1])
    for name, value in ranked:
        style = "bold green" if name == result.answer else "" if name in result.labels else "dim"
        bar = "█" * round(BAR * value)
        print_line(f"  {name:<12}{100 * value:5.1f} %  {bar:<{BAR}}{_sides(result, name)}", style)
    if remark := _doubt(result):
        print_line(f"  {remark}", "cyan")
    _show_timeline(result)


def _rests_on(result: Recognition) -> str:
    """Return what the answer rests on; a sound that is no voice is not called one."""
    if result.used == ("audio",) and SILENCE in result.problems:
        return "nothing heard"
    if result.used == ("audio",) and NO_SPEECH in result.problems:
        return "from sound"
    return "from " + " and ".join(HEARD[name] for name in result.used)


def _sides(result: Recognition, name: str) -> str:
    """Return what each modality alone says of a class, where there are several."""
    if len(result.alone) < 2:
        return ""
    parts = [
        f"{HEARD[modality]} {_SMALL[round(8 * values[name])]} {100 * values[name]:3.0f} %"
        for modality, values in sorted(result.alone.items(), reverse=True)
    ]
    return "  " + "   ".join(parts)


def _doubt(answer: Answer) -> str:
    parts = []
    if answer.answer != answer.label:
        parts.append("unsure")
    if len(answer.labels) > 1:
        parts.append(f"likely one of: {', '.join(answer.labels)}")
    elif answer.labels and answer.labels[0] != answer.answer:
        parts.append(f"likely {answer.labels[0]}")
    if answer.disagree:
        parts.append("face and voice disagree")
    return "; ".join(parts)


def _show_timeline(result: Recognition) -> None:
    found = stretches(result)
    if len(found) < 2:
        return
    several = len(result.people) > 1
    for person in result.people if several else ():
        seen = f"{person.first:.1f} to {person.last:.1f} s, {100 * person.share:.0f} % of pictures"
        value = 100 * max(person.probabilities.values())
        print_line(f"  face {person.face}: {person.answer} ({value:.0f} %), seen {seen}")
    for stretch in found[:_MOST_STRETCHES]:
        print_line(f"  {_stretch(result, stretch, several)}", "dim")
    if len(found) > _MOST_STRETCHES:
        print_line(f"  and {len(found) - _MOST_STRETCHES} more; --out shows all", "dim")


def _stretch(result: Recognition, stretch: Stretch, several: bool) -> str:
    who = "voice alone  " if stretch.face is None else f"face {stretch.face}  " if several else ""
    times = f"{_clock(stretch.start)} - {_clock(stretch.end)}"
    answer = f"{stretch.answer} {100 * stretch.probability:.0f} %"
    return f"{times}  {who}{answer}{_differs(result, stretch)}"


def _differs(result: Recognition, stretch: Stretch) -> str:
    """Return where in a stretch face and voice disagree, if they do."""
    inside = [
        moment.disagree
        for moment in result.timeline
        if moment.face == stretch.face
        and stretch.start <= (moment.start + moment.end) / 2 < stretch.end
    ]
    if not any(inside):
        return ""
    where = "" if all(inside) else f" in {sum(inside)} of {len(inside)} windows"
    return f"  face and voice disagree{where}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(10 * seconds), 600)
    return f"{minutes:2}:{rest / 10:04.1f}"
