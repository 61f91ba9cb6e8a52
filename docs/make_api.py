"""Write docs/api.md: the public names of every room, with signatures and docstrings.

python docs/make_api.py

The sources are read, not imported: the page is the same under every version of Python.
"""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "api.md"
ROOMS = (
    "recognition",
    "network",
    "inputs",
    "training",
    "evaluation",
    "weights",
    "corpora",
    "media",
    "preparation",
)
WIDTH = 88
HEAD = """# API reference

What each room offers to others, from the docstrings; made by `python docs/make_api.py`.
What is not named here may change without notice. How the rooms fit together:
[architecture](architecture.md).
"""
_SECTION = re.compile(r"(Args|Attributes|Raises|Returns|Yields)( [^:]*)?:")
_ENTRY = re.compile(r"    (\S[^:]*): (.*)")

Function = ast.FunctionDef
Found = tuple[str, ast.stmt]


def api_page() -> str:
    """Return the page as Markdown."""
    seen: Counter[str] = Counter()
    contents, rooms = [], []
    for room in ROOMS:
        module = f"mrpn.{room}"
        title = f"mrpn.{room}"
        contents.append(f"- [`{title}`](#{_anchor(title, seen)}):")
        rooms.append(f"## {title}\n\n{_markdown(ast.get_docstring(_tree(module)))}")
        links = []
        for name in _exported(module):
            links.append(f"[{name}](#{_anchor(name, seen)})")
            rooms.append(_described(name, *_find(module, name)))
        contents.append("  " + ",\n  ".join(links))
    return "\n\n".join((HEAD, "\n".join(contents), *rooms)).replace("\n\n\n", "\n\n") + "\n"


def _described(name: str, module: str, node: ast.stmt) -> str:
    """Return the section of one name: heading, signature, docstring, members."""
    parts = [f"### {name}"]
    if isinstance(node, Function):
        parts += [_code(_signature(module, node)), _docstring(node)]
    elif isinstance(node, ast.ClassDef):
        parts += _class(module, node)
    else:
        parts += [_code(_text(module, node)), _comment(module, node)]
    return "\n\n".join(part for part in parts if part)


def _class(module: str, node: ast.ClassDef) -> Iterator[str]:
    bases = ", ".join(_text(module, base) for base in node.bases)
    head = f"class {node.name}({bases})" if bases else f"class {node.name}"
    fields = [
        f"    {_text(module, each)}"
        for each in node.body
        if isinstance(each, ast.AnnAssign) and not _text(module, each.target).startswith("_")
    ]
    made = next((m for m in _functions(node) if m.name == "__init__"), None)
    if made is not None:
        fields = ["    " + _signature(module, made).replace("\n", "\n    ")]
    yield _code("\n".join([head, *fields]))
    yield _docstring(node)
    shown = [m for m in _functions(node) if _is_shown(m)]
    properties = [m for m in shown if _is_property(m)]
    if properties:
        lines = []
        for each in properties:
            kind = f": {_text(module, each.returns)}" if each.returns else ""
            lines.append(f"- `{each.name}{kind}`  \n{_indented(_docstring(each))}")
        yield "**Properties**\n\n" + "\n".join(lines)
    for each in shown:
        if each not in properties:
            yield f"**`{node.name}.{each.name}`**"
            yield _code(_signature(module, each))
            yield _docstring(each)


def _functions(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [each for each in node.body if isinstance(each, Function)]


def _is_shown(node: ast.FunctionDef) -> bool:
    """Whether a method is for others: public, or a special one that has something to say."""
    if node.name == "__init__":
        return False
    special = node.name.startswith("__") and ast.get_docstring(node) is not None
    return special or not node.name.startswith("_")


def _is_property(node: ast.FunctionDef) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "property" for d in node.decorator_list)


def _signature(module: str, node: ast.FunctionDef) -> str:
    """Return a function's head as in its source, on lines of its own where it is long."""
    marks = [f"@{_text(module, each)}" for each in node.decorator_list]
    returns = f" -> {_text(module, node.returns)}" if node.returns else ""
    given = list(_arguments(module, node.args))
    line = f"def {node.name}({', '.join(given)}){returns}"
    if len(line) > WIDTH:
        line = f"def {node.name}(\n    " + ",\n    ".join(given) + f",\n){returns}"
    return "\n".join([*marks, line])


def _arguments(module: str, given: ast.arguments) -> Iterator[str]:
    plain = [*given.posonlyargs, *given.args]
    missing = [None] * (len(plain) - len(given.defaults))
    for number, (each, default) in enumerate(zip(plain, [*missing, *given.defaults], strict=True)):
        yield _argument(module, each, default)
        if number + 1 == len(given.posonlyargs):
            yield "/"
    if given.vararg is not None:
        yield "*" + _argument(module, given.vararg, None)
    elif given.kwonlyargs:
        yield "*"
    for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield _argument(module, each, default)
    if given.kwarg is not None:
        yield "**" + _argument(module, given.kwarg, None)


def _argument(module: str, given: ast.arg, default: ast.expr | None) -> str:
    kind = f": {_text(module, given.annotation)}" if given.annotation else ""
    if default is None:
        return given.arg + kind
    return given.arg + kind + (" = " if kind else "=") + _text(module, default)


def _docstring(node: ast.ClassDef | ast.FunctionDef) -> str:
    return _markdown(ast.get_docstring(node))


def _markdown(text: str | None) -> str:
    """Return a docstring as Markdown: its sections become lists."""
    lines: list[str] = []
    section = ""
    for line in inspect.cleandoc(text or "").splitlines():
        if head := _SECTION.fullmatch(line):
            section = head[1]
            lines += ["", f"**{section}{head[2] or ''}**", ""]
        elif not section or (line and not line.startswith(" ")):
            section = ""
            lines.append(_escaped(line))
        elif section in ("Returns", "Yields"):
            lines.append(_escaped(line.strip()))
        elif entry := _ENTRY.fullmatch(line):
            names = ", ".join(f"`{name}`" for name in entry[1].split(", "))
            lines.append(f"- {names}: {_escaped(entry[2])}")
        else:
            lines.append("  " + _escaped(line.strip()) if line else "")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _escaped(line: str) -> str:
    """Keep Markdown from reading marks outside of code as its own."""
    parts = line.split("`")
    parts[::2] = [re.sub(r"([*<])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


def _comment(module: str, node: ast.stmt) -> str:
    """Return the comment right above a constant."""
    lines = _source(module).splitlines()[: node.lineno - 1]
    found: list[str] = []
    while lines and lines[-1].startswith("# "):
        found.insert(0, lines.pop()[2:])
    return _markdown("\n".join(found))


def _exported(module: str) -> list[str]:
    for node in _tree(module).body:
        if isinstance(node, ast.Assign) and _text(module, node.targets[0]) == "__all__":
            return sorted(ast.literal_eval(node.value), key=lambda name: (name.lower(), name))
    raise ValueError(f"{module} has no __all__")


def _find(module: str, name: str) -> Found:
    """Return where a name is defined, following imports, and its definition."""
    for node in _tree(module).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return module, node
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if name in [_text(module, target) for target in targets]:
                return module, node
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return _find(str(node.module), alias.name)
    raise ValueError(f"{name} is not in {module}")


@cache
def _source(module: str) -> str:
    place = ROOT / "src" / Path(*module.split("."))
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return file.read_text(encoding="utf-8")


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_source(module))


def _text(module: str, node: ast.AST) -> str:
    """Return the source of a part, on one line."""
    text = " ".join((ast.get_source_segment(_source(module), node) or "").split())
    return re.sub(r"(?<=[(\[]) | (?=[)\]])|,(?= [)\]])", "", text)


def _code(text: str) -> str:
    return f"```python\n{text}\n```"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())


def _anchor(title: str, seen: Counter[str]) -> str:
    """Return the link's target of a heading, numbered where it occurs again."""
    anchor = re.sub(r"[^a-z0-9_ -]", "", title.lower()).replace(" ", "-")
    seen[anchor] += 1
    return anchor if seen[anchor] == 1 else f"{anchor}-{seen[anchor] - 1}"


if __name__ == "__main__":
    PAGE.write_text(api_page(), encoding="utf-8")
