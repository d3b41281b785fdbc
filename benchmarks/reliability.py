"""What calendars promise, tried on every backend there is: see docs/reliability.md."""

import logging
import time
from collections.abc import Iterator
from functools import partial
from typing import Annotated

import typer

from tests.sync.reliability import promises
from tests.sync.reliability.kills import crash_safe
from tests.sync.reliability.promises import Row
from tests.sync.reliability.rigs import OUTLIVE, RIGS

FULL = {
    promises.no_duplicates: 10_000,
    promises.no_lost_updates: 1000,
    promises.no_wrong_deletes: 1000,
    promises.no_loops: 500,
    promises.throttled: 1000,
    promises.not_held_up: 200,
    promises.offline: 50,
    promises.invitations: 100,
}
KILLS = 240


def reliability(
    backend: Annotated[list[str] | None, typer.Option(help="Only these; all that are there when not given.")] = None,
    fraction: Annotated[float, typer.Option(min=0.001, max=1.0, help="Of the full sizes.")] = 1.0,
    only: Annotated[str, typer.Option(help="Only promises whose name holds this.")] = "",
) -> None:
    """Try every promise of the calendars; exit with 1 when one does not hold."""
    logging.disable(logging.CRITICAL)
    typer.echo("| backend | promise | figure | holds | CPU s |\n|---|---|---|---|---|")
    broken = 0
    for name in backend or list(RIGS):
        for row, seconds in _rows(name, fraction, only):
            broken += not row.holds
            typer.echo(f"| {name} | {row.promise} | {row.figure} | {'yes' if row.holds else 'NO'} | {seconds:.1f} |")
    raise typer.Exit(bool(broken))


def _rows(name: str, fraction: float, only: str) -> Iterator[tuple[Row, float]]:
    def size(full: int) -> int:
        return max(1, round(full * fraction))

    def tried(promise: "partial[Row]") -> tuple[Row, float]:
        begin = time.process_time()
        return promise(), time.process_time() - begin

    for promise, full in FULL.items():
        if only in promise.__name__:
            with RIGS[name]() as rig:
                yield tried(partial(promise, rig, size(full)))
    if only in crash_safe.__name__:
        yield tried(partial(crash_safe, OUTLIVE[name], size(KILLS)))
    if only in promises.crowd.__name__:
        with RIGS[name]() as rig:
            yield tried(partial(promises.crowd, rig, size(200), max(1, size(100))))
