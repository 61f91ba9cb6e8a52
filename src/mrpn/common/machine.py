"""What this machine is, saved beside every result."""

import hashlib
import os
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from mrpn.common.files import file_digest


def usable_cores() -> int:
    """Return the number of CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_machine() -> dict[str, str | int]:
    """Return the versions and the processor that a result was made with."""
    return {
        "mrpn": version("mrpn"),
        "code": code_digest(),
        "python": platform.python_version(),
        "torch": version("torch"),
        "platform": platform.platform(terse=True),
        "processor": processor_name(),
        "cores": usable_cores(),
    }


@cache
def code_digest() -> str:
    """Return a hash of the package's source files: what a version number does not tell apart."""
    package = Path(__file__).resolve().parent.parent
    files = sorted(path for path in package.rglob("*") if path.suffix in {".py", ".yaml"})
    lines = [f"{path.relative_to(package).as_posix()} {file_digest(path)}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def processor_name() -> str:
    """Return the processor's name as it gives it, or the architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:  # noqa: PTH123
            for line in info:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
