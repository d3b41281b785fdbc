"""Machine code is kept and found again wherever the library can write, and used where it can write nowhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import scheduler.solver.kernel.cache as module
import scheduler.solver.kernel.warmup as warmup
from scheduler.solver.kernel.cache import is_kept
from scheduler.solver.kernel.jit import entry

TREE = """
import sys, tempfile

def refuse(*_, **__):
    raise PermissionError("read-only")

if sys.argv[1:]:  # numba tries a folder by a temporary file
    tempfile.TemporaryFile = refuse

from scheduler.solver.kernel.cache import is_kept
from scheduler.solver.kernel.jit import compiled, entry

@compiled
def twice(x):
    return 2 * x

@entry
def quadruple(x):
    return twice(twice(x))

print("kept" if is_kept(quadruple) else "new", quadruple(3), "read" if quadruple.stats.cache_hits else "made")
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "tree.py").write_text(TREE)
    return tmp_path / "tree"


def run(folder: Path, *read_only: str, **more: str) -> str:
    """What the module says in a process of its own, whose user has no home."""
    source = str(Path(module.__file__).parents[3])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": source, "HOME": "/proc/nowhere", **more}
    command = [sys.executable, "tree.py", *read_only]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_code_is_kept_beside_the_sources_and_read_where_nothing_can_be_written(tree: Path) -> None:
    assert run(tree, "read-only") == "new 12 made" and not list(tree.rglob("*.nb?"))
    assert run(tree) == "new 12 made"
    assert run(tree, "read-only") == "kept 12 read"


def test_a_folder_can_be_named(tree: Path, tmp_path: Path) -> None:
    (tree / "__pycache__").write_text("a file: nobody can write here")
    kept = str(tmp_path / "kept")
    assert run(tree, NUMBA_CACHE_DIR=kept) == "new 12 made"
    assert run(tree, "read-only", NUMBA_CACHE_DIR=kept) == "kept 12 read"


def test_other_sources_mean_other_code_and_a_full_disk_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one() -> int:
        return 1

    monkeypatch.setattr(module._caching.config, "CACHE_DIR", str(tmp_path))
    first = entry(one)
    assert first() == 1 and is_kept(first) and is_kept(entry(one))
    monkeypatch.setattr(module, "SOURCES", "changed")
    assert not is_kept(entry(one))

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(module._caching.IndexDataCacheFile, "save", full)
    assert entry(one)() == 1


def test_who_waits_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    warmup.warm_up()
    told: list[str] = []
    monkeypatch.setattr(warmup, "is_kept", lambda function: False)
    assert warmup.warm_up(told.append) < 1 and told == []
    monkeypatch.setattr(warmup, "_ready", warmup.cache(lambda: None))
    warmup.warm_up(told.append)
    assert told == [warmup.WAIT]
