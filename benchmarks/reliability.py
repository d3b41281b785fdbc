"""What calendars promise, tried on every backend there is: see docs/reliability.md."""

import logging
import os
from collections.abc import Iterator
from typing import Annotated

import typer

from tests.sync.reliability.rigs import RIGS, Rig, missing
from tests.sync.reliability.suite import SUITE, Experiment
from tests.sync.reliability.trial import fresh


def reliability(
    backend: Annotated[list[str] | None, typer.Option(help="Only these; all that are there when not given.")] = None,
    fraction: Annotated[float, typer.Option(min=0.001, max=1.0, help="Of the full sizes.")] = 1.0,
    only: Annotated[str, typer.Option(help="Only promises whose name holds this.")] = "",
) -> None:
    """Try every promise of the calendars; exit with 1 when one does not hold."""
    logging.disable(logging.CRITICAL)
    typer.echo("| backend | promise | figure | holds | CPU s |\n|---|---|---|---|---|")
    held = [_row(one, rig, fraction) for name in backend or list(RIGS) for one, rig in _tried(name, only)]
    raise typer.Exit(not all(held))


def _tried(name: str, only: str) -> Iterator[tuple[Experiment, Rig]]:
    """The experiments that mean something on a rig, each with mailboxes of its own."""
    if lacks := missing(name):
        typer.echo(f"{name} is left out: {lacks}", err=True)
        return
    with RIGS[name]() as rig:
        for one in SUITE:
            if only in one.name and one.where(rig):
                yield one, fresh(rig)


def _row(one: Experiment, rig: Rig, fraction: float) -> bool:
    begin = _seconds(rig)
    row = one.on(rig, max(1, round(one.full * fraction)))
    seconds = _seconds(rig) - begin
    typer.echo(f"| {rig.name} | {row.promise} | {row.figure} | {'yes' if row.holds else 'NO'} | {seconds:.1f} |")
    return row.holds


def _seconds(rig: Rig) -> float:
    """CPU time of this process, of the children that it has outlived, and of the server."""
    return sum(os.times()[:4]) + rig.seconds()
