import re
import runpy
from pathlib import Path

import torch

EXAMPLE = Path(__file__).parents[2] / "examples" / "three_modalities.py"


def test_the_example_is_short_and_uses_public_names_alone():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 40
    imports = [line for line in lines if line.startswith(("import", "from"))]
    assert [line.split()[1] for line in imports] == ["torch", "mrpn.network"]


def test_the_example_learns_both_targets(capsys):
    torch.set_num_threads(1)
    result = runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert re.fullmatch(r"mood: .* right .*; load: off by .*\n", capsys.readouterr().out)
    assert result["accuracy"] > 0.9
    assert result["error"] < 0.2
    assert set(result["scores"].targets) == {"mood", "load"}
    assert set(result["scores"].present) == {"posture", "pulse", "touch"}
