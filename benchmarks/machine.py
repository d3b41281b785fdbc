"""What a measurement was made on."""

import os
import platform
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("fieldplan", "numpy", "numba", "ortools")


def today() -> str:
    """Return the day, as 2026-11-30."""
    return date.today().isoformat()


@cache
def machine() -> str:
    """Return processor, cores and memory in a few words."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB"


def versions() -> str:
    """Return Python and the packages that count."""
    found = (f"{name} {known}" for name in PACKAGES if (known := _version(name)))
    return ", ".join([f"Python {platform.python_version()}", *found])


def _processor() -> str:
    """Return the processor's name where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
