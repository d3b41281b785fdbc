"""`fieldplan sync`: plans into calendars, and what people did there back."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli import calendars
from scheduler.domain.errors import Fault, InvalidInput

app = typer.Typer(
    name="sync", help="Bring plans into calendars, and learn what people did there.", no_args_is_help=True
)

Input = Annotated[Path, typer.Argument(help="problem: our JSON, an Excel workbook or VROOM JSON", show_default=False)]
PlanFile = Annotated[Path, typer.Argument(help="plan as JSON", show_default=False)]
File = Annotated[Path, typer.Option("--connections", help="connections file (TOML)")]
Wait = Annotated[float, typer.Option("--wait", min=0.0, help="seconds to come back to calendars that must rest")]
UNFINISHED = 1


@app.command()
def push(
    problem_file: Input,
    plan_file: PlanFile,
    connections: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be done")] = False,
    why: Annotated[str, typer.Option("--why", help="the reason, for the people concerned")] = "",
    allow_deletions: Annotated[int, typer.Option(min=0, help="so many events may go without being asked about")] = 0,
    wait: Wait = 60.0,
) -> None:
    """Show the plan in everybody's calendar. Exit 1 when something is left to do or a person is asked."""
    with calendars.open_desk(problem_file, plan_file, connections) as desk:
        if dry_run:
            desk.preview(why, timedelta(seconds=wait))
            return
        with progress() as show:
            finished = desk.push(why, allow_deletions, timedelta(seconds=wait), show)
    raise typer.Exit(0 if finished else UNFINISHED)


@app.command()
def pull(
    problem_file: Input,
    plan_file: PlanFile,
    connections: File,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write the problem with the news here")] = None,
    wait: Wait = 60.0,
) -> None:
    """Read everybody's calendar: moves become locks, declined events time off, other events absences."""
    with calendars.open_desk(problem_file, plan_file, connections) as desk:
        with progress() as show:
            finished = desk.pull(timedelta(seconds=wait), show)
        desk.take(output)
    raise typer.Exit(0 if finished else UNFINISHED)


@app.command()
def hear(
    problem_file: Input,
    plan_file: PlanFile,
    mails: Annotated[list[Path], typer.Argument(help="mails as they were received, headers included", exists=True)],
    connections: File,
    connection: Annotated[str, typer.Option(help="its name in the connections file", show_default=False)],
    trusted: Annotated[str, typer.Option(help="the host whose Authentication-Results count; the inbox's own")] = "",
) -> None:
    """Hand in answers to invitations by mail that came in another way than to the connection's inbox."""
    with calendars.open_desk(problem_file, plan_file, connections) as desk:
        desk.hear(connection, mails, trusted)


@app.command()
def status(
    connections: File,
    conflicts: Annotated[bool, typer.Option("--conflicts", help="tell every conflict with both versions")] = False,
) -> None:
    """Say how every calendar stands, and what a person must decide."""
    calendars.status(connections, conflicts)


@app.command()
def decide(
    question: Annotated[str, typer.Argument(help="as `status` tells it", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes/--no", help="grant it, or put things back")],
    connections: File,
    reason: Annotated[str, typer.Option(help="for the person who asked")] = "",
) -> None:
    """Answer a question; the next pull or push carries the answer out."""
    calendars.decide(connections, question, yes, reason)


@app.command()
def sign_in(
    connection: Annotated[str, typer.Argument(help="its name in the connections file", show_default=False)],
    connections: File,
) -> None:
    """Sign a person in to Microsoft 365 by a code that is typed in a browser."""
    calendars.sign_in(connections, connection)


@app.command()
def key() -> None:
    """Print a new key for FIELDPLAN_KEYS."""
    from scheduler.sync.connections.secrets import new_key

    typer.echo(new_key())


@app.command()
def encrypt() -> None:
    """Read a secret from standard input and print it as the connections file may hold it."""
    from scheduler.sync.connections.secrets import Vault

    plain = typer.prompt("secret", hide_input=True) if sys.stdin.isatty() else sys.stdin.read().rstrip("\n")
    if not plain:
        raise InvalidInput((Fault("", "no secret was given on standard input"),))
    typer.echo(f'{{ encrypted = "{Vault().encrypt(plain)}" }}')


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A line on stderr that says how many mailboxes are done."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("mailboxes", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
