"""How long it takes to import the library."""

import statistics
import subprocess
import sys
import time
from typing import Annotated

import typer


def imports(
    times: Annotated[int, typer.Option("-n", help="Fresh processes.", min=1)] = 9,
    module: Annotated[str, typer.Option(help="What is imported.")] = "scheduler",
) -> None:
    """Print the median time of `import scheduler` in fresh processes, and that of an interpreter that does nothing."""
    for code in ("pass", f"import {module}"):
        median = statistics.median(seconds(code) for _ in range(times))
        typer.echo(f"{code:20} {median:.3f} s (median of {times})")


def seconds(code: str) -> float:
    """Run code in a fresh interpreter and return the seconds on the clock."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begin
