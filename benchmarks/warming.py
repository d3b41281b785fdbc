"""How long the first search on a machine waits for machine code, and a later process for what is kept."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

import scheduler

COLD_SECONDS, WARM_SECONDS = 10.0, 0.3
"""Promised, in CPU seconds beyond the imports."""
CODE = """
import time
import scheduler.solver.kernel.single
from scheduler.solver.kernel import warm_up
begin = time.process_time()
warm_up(print)
print(time.process_time() - begin)
"""


def warming() -> None:
    """Print the CPU seconds to compile the search, and to load it in a later process; exit with 1 above 10 and 0.3."""
    with TemporaryDirectory() as folder:
        package = Path(scheduler.__file__).parent
        shutil.copytree(package, Path(folder) / package.name, ignore=shutil.ignore_patterns("__pycache__"))
        cold, warm = seconds(Path(folder)), seconds(Path(folder))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    typer.echo(f"compiled in {cold:.1f} CPU s with a peak of {peak:.0f} MB, loaded in {warm:.2f}")
    raise typer.Exit(cold > COLD_SECONDS or warm > WARM_SECONDS)


def seconds(folder: Path) -> float:
    """CPU seconds of a fresh process that keeps machine code in the folder and has no other."""
    told = {**os.environ, "PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(folder / "kept")}
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=folder, env=told, check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])
