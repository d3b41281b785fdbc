"""What the service promises when its parts are killed: see docs/reliability.md."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tests.service.reliability.kills import kills as killed


def kills(
    database: Annotated[str, typer.Option(help="sqlite or postgresql")] = "postgresql",
    count: Annotated[int, typer.Option(min=1)] = 100,
    dask: Annotated[bool, typer.Option(help="Search plans on a cluster of two, and kill its workers too.")] = False,
    seed: Annotated[int, typer.Option(help="Of the victims and the moments.")] = 1,
) -> None:
    """Kill APIs, workers, the database under load (SIGKILL), and Dask's workers; exit with 1 when anything was lost."""
    with TemporaryDirectory() as folder:
        found = killed(Path(folder), database, count, seed, dask)
    who = ", ".join(f"{name} {times}" for name, times in sorted(found.kills.items()))
    typer.echo(f"{database}: {found.kills.total()} kills ({who}), {found.retries} requests asked again")
    typer.echo(f"writes acknowledged {found.writes}, lost {found.lost_writes}, doubled {found.doubled_writes}")
    typer.echo(
        f"runs acknowledged {found.runs}, lost {found.lost_runs}, failed {found.failed_runs}, "
        f"doubled {found.doubled_runs}, taken over {found.taken_over}"
    )
    typer.echo(
        f"publications acknowledged {found.publications}, lost or doubled {found.lost_publications}; "
        f"events missing, doubled or wrong {found.wrong_events}"
    )
    if found.parts is not None:
        typer.echo(f"parts searched on the cluster {found.parts}")
    raise typer.Exit(not found.hold)
