"""The plan's tables in HTML."""

from datetime import datetime

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.io.html.text import e, link
from scheduler.io.stops import place_of
from scheduler.io.tables import Cell, Table, in_order, local, lock_of, name_of, tables

FOLDED = 60


def plan_tables(problem: Problem, plan: Plan, verdict: Verdict | None) -> str:
    """Bookings in full, with the briefing; then what else there is to say, tables without rows left out."""
    others = [table for table in tables(problem, plan, verdict) if table.name in ("unscheduled", "violations", "score")]
    return "".join(_section(table) for table in others if table.rows) + _bookings(problem, plan)


def _section(table: Table) -> str:
    head = "".join(f'<th scope="col">{e(name)}</th>' for name in table.header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    inner = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    opened = "" if len(table.rows) > FOLDED else " open"
    title = f"{e(table.name.capitalize())} ({len(table.rows)})"
    return f"<section><details{opened}><summary>{title}</summary>{inner}</details></section>"


def _cell(value: Cell) -> str:
    if value is None:
        return "<td></td>"
    if isinstance(value, datetime):
        return f"<td>{value:%a %d %b %H:%M}</td>"
    return f'<td class="n">{value:,.4g}</td>' if isinstance(value, int | float) else f"<td>{e(value)}</td>"


def _bookings(problem: Problem, plan: Plan) -> str:
    header = ("When", "Who or where", "What", "Address", "Contact", "What to do and bring", "Lock")
    head = "".join(f'<th scope="col">{name}</th>' for name in header)
    rows = []
    for booking in in_order(plan):
        activity = problem.activity[booking.activity]
        briefing = activity.briefing
        place = problem.place.get(place_of(problem, plan, activity.id) or "")
        work = [e(briefing.instructions), e(", ".join(briefing.bring)), *(link(address) for address in briefing.links)]
        cells = (
            f"{local(booking.start, problem):%a %d %b %H:%M}-{local(booking.end, problem):%H:%M}",
            e(name_of(problem, booking.resource)),
            f'{e(activity.name or activity.id)} <span class="soft">{e(activity.id)}</span>',
            e(place.address or place.name or place.id) if place else "",
            e(", ".join(filter(None, (briefing.contact, briefing.phone)))),
            "<br>".join(part for part in work if part),
            e(lock_of(problem, booking)),
        )
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    inner = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f"<section><details open><summary>Bookings ({len(rows)})</summary>{inner}</details></section>"
