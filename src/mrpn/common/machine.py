"""What this machine is, saved beside every result."""

import os
import platform
from importlib.metadata import version


def usable_cores() -> int:
    """Return the number of CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_machine() -> dict[str, str | int]:
    """Return the versions and the processor that a result was made with."""
    return {
        "mrpn": version("mrpn"),
        "python": platform.python_version(),
        "torch": version("torch"),
        "platform": platform.platform(terse=True),
        "processor": _processor(),
        "cores": usable_cores(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:  # noqa: PTH123
            for line in info:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
