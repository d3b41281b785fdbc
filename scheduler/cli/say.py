"""What the command says: faults, summaries, sentences. Names in them are never taken for markup."""

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from scheduler.domain.errors import InvalidInput
from scheduler.domain.outcome import Outcome
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict

BAD_INPUT = 2
MOST_LINES = 20


def out() -> Console:
    return Console(highlight=False, soft_wrap=True)


def complain(error: Exception) -> int:
    """Say on stderr what is wrong, each fault on a line; gives the exit code."""
    if isinstance(error, InvalidInput):
        lines = str(error).splitlines()
    elif isinstance(error, OSError):
        lines = [f"error: {error.filename or 'file'}: {error.strerror or error}"]
    else:
        lines = [f"error: {error or type(error).__name__}"]
    for line in lines:
        print(_printable(line), file=sys.stderr)
    return BAD_INPUT


def _printable(line: str) -> str:
    """Without the characters that steer a terminal."""
    return "".join(c if c.isprintable() else "?" for c in line)


def summary(problem: Problem, outcome: Outcome) -> None:
    """The outcome as a table: what was scheduled, what it costs, how good that is known to be."""
    plan, score = outcome.plan, outcome.verdict.score
    table = Table(title=Text(problem.name or "Plan"), show_header=False, title_justify="left")
    table.add_column(style="dim")
    table.add_column(justify="right")
    rows = [
        ("activities scheduled", f"{len(plan.by_activity)} of {len(problem.activities)}"),
        ("mandatory left out", str(score.mandatory_unscheduled)),
        *((f"cost, level {n}", f"{cost:,.2f}") for n, cost in enumerate(score.levels, start=1)),
        *((f"  {term.value}", f"{value:,.2f}") for term, value in score.terms.items() if value),
        ("bound", numbers(outcome.bound) or "none proven"),
        ("gap", "unknown" if outcome.gap is None else f"{outcome.gap:.2%}"),
        ("day routes", str(len(plan.routes))),
        ("breaches", str(len(outcome.verdict.breaches))),
        ("stopped", f"{outcome.stopped.value} after {outcome.seconds:.1f} s"),
    ]
    for name, value in rows:
        table.add_row(name, value)
    out().print(table)
    left_out(problem, plan)
    breaches(outcome.verdict)


def numbers(levels: Iterable[float]) -> str:
    return " / ".join(f"{cost:,.1f}" for cost in levels)


def left_out(problem: Problem, plan: Plan) -> None:
    console = out()
    for n, one in enumerate(plan.unscheduled):
        if n == MOST_LINES:
            console.print(f"... and {len(plan.unscheduled) - n} more are unscheduled")
            break
        why = "; ".join(reason.text for reason in one.reasons) or "no reason is known"
        name = problem.activity[one.activity].name
        console.print(f"unscheduled {escape(_printable(f'{one.activity} {name}'.strip()))}: {escape(_printable(why))}")


def breaches(verdict: Verdict) -> None:
    """Every violation with its sentence; those that are exempted say so."""
    console = out()
    for violation in verdict.violations:
        mark = "[dim]exempted[/dim]" if violation.exempted else "[bold red]breach[/bold red]"
        console.print(
            f"{mark} {escape(violation.rule)}: {escape(_printable(violation.text or str(violation.details)))}"
        )


def note(text: str) -> None:
    out().print(escape(_printable(text)))
