"""What on the pages is not run by the tests as it stands, and why; and what is made small."""

# Pages whose Python is checked elsewhere.
GENERATED = {"api.md": "signatures, not programs; test_api.py compares them with the sources"}

_NETWORK = "fetches gigabytes; tests/corpora/download has a server of its own"
_REAL = "needs the corpus; tests/cli runs the same command on drawn clips"

# Commands that are parsed but not run, by page and beginning, with the reason.
PARSED = {
    ("README.md", "make "): "the targets themselves; tests/cli/test_demo.py runs the demo",
    ("README.md", "mrpn corpus download"): _NETWORK,
    ("README.md", "mrpn corpus check ravdess"): _REAL,
    ("README.md", "mrpn prepare RAVDESS/"): _REAL,
    ("README.md", "mrpn train recipes/ravdess-voice-small.yaml"): _REAL,
    ("README.md", "mrpn train recipes/own-clips.yaml"): "own-data.md runs the same",
    ("README.md", "mrpn report runs/voice"): _REAL,
    ("README.md", "mrpn predict clip.wav --weights runs/voice"): "needs the run above",
    ("ablations.md", "python experiments/ablations.py"): "an hour; tests/experiments runs a part",
    ("corpora.md", "mrpn corpus check ravdess"): _REAL,
    ("corpora.md", "mrpn prepare RAVDESS/"): _REAL,
    ("download.md", "mrpn corpus download"): _NETWORK,
    ("experiments/README.md", "pip "): "the tests change no environment",
    ("experiments/README.md", "python "): "hours; tests/experiments goes through the scripts",
    ("export.md", "pip install"): "the tests change no environment",
    ("fuzziness.md", "python experiments/fuzziness.py"): "an hour; tests/experiments runs a part",
    ("media.md", "mrpn prepare RAVDESS/"): _REAL,
    ("recognise.md", "mrpn watch"): "needs a camera; a file is played instead",
    ("reproducing.md", "mrpn "): "tests/cli/test_paper.py runs every line on imitations",
    ("start.md", "python3 -m venv"): "the tests change no environment",
    ("start.md", ". .venv/bin/activate"): "the tests change no environment",
    ("start.md", "pip install"): "the tests change no environment",
    ("weights/README.md", "pip install"): "the tests change no environment",
    ("weights/README.md", "mrpn weights show"): "for any name; tests/cli/test_weights.py",
    ("weights/README.md", "mrpn evaluate"): "for any name; tests/cli/test_evaluate.py",
    ("weights/README.md", "python weights/add.py"): "tests/training/test_shipping.py ships a run",
}

# Commands that stand in PARSED by their beginning, and are run all the same.
RUN = {("recognise.md", "mrpn watch clip.mp4")}

# Blocks that show something, by page and first line, with what it is.
SHOWN = {
    ("README.md", "┃ Strategy"): "what `make demo` prints; tests/cli/test_demo.py",
    ("architecture.md", "media file -> decode"): "a drawing of the data's way",
    ("own-data.md", "clips/"): "folders, as the fixture of this page makes them",
    ("own-data.md", "┃ Strategy"): "the head of a table; tests/cli/test_train.py",
    ("sensors.md", "┃ Strategy"): "what the commands above it print, in a minute",
    ("start.md", "clip.mp4"): "test_pages.py compares its shape with what is printed",
}

# Settings that make a network tiny.
_NETWORK_SETTINGS = {
    "network.branches.audio.width": 4,
    "network.branches.audio.features": 8,
    "network.branches.video.width": 4,
    "network.branches.video.features": 8,
    "network.hidden": 8,
    "optimisation.epochs": 1,
    "optimisation.precision": "32-true",
    "optimisation.channels_last": "false",
}
_INPUT = {
    "preprocessing.clip.size": 16,
    "preprocessing.spectrogram.window": 64,
    "preprocessing.spectrogram.bins": 32,
    "preprocessing.spectrogram.frames": 32,
    "preprocessing.spectrogram.hop": 320,
}


def _set(settings: dict[str, object]) -> list[str]:
    return [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]


# What is added to a command, by page and beginning, so that it takes seconds.
SMALLER = {
    ("own-data.md", "mrpn train"): [*_set(_INPUT | _NETWORK_SETTINGS), "--jobs", "1"],
    ("sensors.md", "mrpn prepare"): ["--workers", "1"],
    ("sensors.md", "mrpn train"): [
        *("--strategy", "n2", "--jobs", "1", "--set", "optimisation.epochs=1"),
    ],
}


def listed(table: dict[tuple[str, str], object], page: str, text: str) -> object | None:
    """Return what a table has for a page's command or block, by its beginning."""
    return next(
        (v for (p, start), v in table.items() if p == page and text.startswith(start)), None
    )
