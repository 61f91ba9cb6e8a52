"""The example of an exported network: short, and without this package."""

import ast
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "onnx_alone.py"


def test_the_example_is_fifteen_lines_of_onnxruntime_and_numpy_alone() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    imports = [line.split()[1] for line in lines if line.startswith(("import", "from"))]
    assert imports == ["json", "os", "sys", "wave", "pathlib", "numpy", "onnxruntime"]
    last = max(n for n, line in enumerate(lines) if line.startswith("import"))
    assert len([line for line in lines[last + 1 :] if line.strip()]) == 15
    assert "fifteen lines" in str(ast.get_docstring(ast.parse("\n".join(lines))))
