"""Write docs/benchmarks.md from the tables in benchmarks/results.

python benchmarks/page.py
"""

from pathlib import Path

from mrpn.common.files import write_text

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Speed, size and steadiness

Every table is the output of a script under [`benchmarks/`](../benchmarks); the numbers, with
machine and code, are in [`benchmarks/results/`](../benchmarks/results). Speeds are ratios measured
in one run, on two cores (AMD EPYC, 2 vCPUs): your seconds will differ, the ratios less.
"""
SECTIONS = {
    "preparing": """## Preparing films, against bare decoding

`benchmarks/preparing.py --parts speed`: films of a drawn talking face with camera grain at 30
pictures a second, prepared with everything (processes started, faces found, followed and cropped
ten times a second, sound, files written) on two cores; and decoded to RGB by PyAV alone on the same
cores, by threads or by processes, whichever is faster. At least 0.6 is asked for.
""",
    "memory": """## Memory, against length

`benchmarks/preparing.py --parts memory`: a minute and an hour of the 720p film; the peak over all
processes, shared memory counted once. At most 700 MiB, and the minute no less than half of that.
""",
    "reading": """## All of RAVDESS, on disk and read in training

`benchmarks/reading.py`: 1,440 films of real faces with RAVDESS's real voices (a stand-in for its
videos, which are not at hand), prepared with crops of 112x112. Below 2 GB is asked for, and samples
at 3 times the speed at which the training step takes them.
""",
    "dlib_faces": """## Against the paper's face detector

`benchmarks/dlib_faces.py`: dlib's CNN on every picture at full size, as in the paper, against ours
with tracking and cropping, on all real clips at hand. At least 100 times as fast, and boxes that
overlap (intersection over union) by 0.6 or more where both find the face.
""",
    "faces": """## Faces found, told apart, held steady

`benchmarks/faces.py`: the share of pictures with the face, the number of people seen, and how much
crops tremble, in parts of their side.
""",
    "fuzz_media": """## Spoilt files

`benchmarks/fuzz_media.py`: real files with flipped bits, cut, spliced, with absurd headers. Each
has to end in arrays or in an error of one line, within time and memory.
""",
    "training_step": """## The training step

`benchmarks/training_step.py`: what a step costs beside its arithmetic.
""",
}


def main() -> None:
    """Put the tables under their headings."""
    results = ROOT / "benchmarks" / "results"
    parts = [HEAD]
    for name, text in SECTIONS.items():
        path = results / f"{name}.md"
        if path.exists():
            lines = path.read_text("utf-8").splitlines()
            kept = "\n".join(line for line in lines if not line.startswith("# ")).strip()
            parts.append(f"{text}\n{kept}\n")
    write_text(ROOT / "docs" / "benchmarks.md", "\n".join(parts))


if __name__ == "__main__":
    main()
