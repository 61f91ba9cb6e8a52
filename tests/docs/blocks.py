"""The blocks of a page of documentation, and the commands in them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# By name those of the project and of docs/, by path those that lie with what they are about.
PAGES = {page.name: page for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
PAGES |= {
    page: ROOT / page
    for page in ("experiments/README.md", "experiments/baselines/README.md", "weights/README.md")
}
COMMANDS = ("console", "sh", "bash", "indented")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?<=\n\n)((?:    \S.*\n)+)")


@dataclass(frozen=True)
class Block:
    """A block of a page: fenced, or indented by four blanks.

    Attributes:
        page: its name, as in `PAGES`.
        line: its first line in the page.
        language: what the fence says; "indented" without one.
        text: what is in it.
    """

    page: str
    line: int
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """Its commands, without their remarks: what follows `$ `, or each line where none does."""
        if self.language not in COMMANDS:
            return []
        lines = self.text.replace("\\\n", " ").splitlines()
        marked = [line[2:] for line in lines if line.startswith("$ ")]
        return [re.sub(r"\s+#\s.*", "", line).strip() for line in marked or lines]


def blocks(name: str) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = PAGES[name].read_text(encoding="utf-8")
    found = [(m.start(), m[1], m[2]) for m in _FENCE.finditer(text)]
    # Fenced blocks are blotted out, so that their indented lines are no blocks of their own.
    rest = _FENCE.sub(lambda match: "x" * len(match[0]), text)
    found += [
        (match.start(), "indented", re.sub("^ {4}", "", match[0], flags=re.MULTILINE))
        for match in _INDENTED.finditer(rest)
    ]
    return [Block(name, text[:at].count("\n") + 1, *what) for at, *what in sorted(found)]
