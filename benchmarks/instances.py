"""Find instances: which set a file belongs to, by its content, and all instances of a set in a data folder."""

import os
from pathlib import Path

from benchmarks.sets import SETS
from benchmarks.sets.base import AnySet

DATA_VARIABLE = "BENCHMARK_DATA"


def data_folder(given: Path | None = None) -> Path | None:
    """Return the folder with the sets: what is given, else what the environment names, if it exists."""
    named = os.environ.get(DATA_VARIABLE)
    folder = given or (Path(named) if named else None)
    return folder if folder and folder.is_dir() else None


def detect(path: Path) -> AnySet | None:
    """Return the set whose instance a file is, or None; of two conventions on the same files, the first."""
    text = _text(path)
    return next((benchmark for benchmark in SETS.values() if benchmark.recognises(text)), None)


def instances_of(benchmark: AnySet, folder: Path, pattern: str = "*") -> list[Path]:
    """Return the set's instances below a folder whose path matches a glob, in order of their paths."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.match(pattern))
    return [path for path in found if benchmark.recognises(_text(path))]


def _text(path: Path) -> str:
    """Return what is in a file, nothing when that is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
