"""Bring a draft up to date: what was published meanwhile and what the draft changed, together."""

from collections.abc import Iterator
from typing import Any, Literal

from scheduler.domain.plan import Booking, BookingKey
from scheduler.solver.compare import Comparison, compared
from service.http.problems import Conflict
from service.planning import draft
from service.planning.assumed import assumed
from service.planning.judging import replaced, settle
from service.tables import PlanRow
from service.work import Work

Keep = Literal["refuse", "mine", "published"]
Bookings = dict[BookingKey, Booking]


def rebase(work: Work, row: PlanRow, keep: Keep) -> Comparison:
    """Take over what was published since. Where both changed one booking, `keep` says whose change counts."""
    scope = draft.scope_of(row)
    problem = assumed(draft.assembled(work, scope), scope)
    before, judged_before = draft.read(work, row)
    stood = {b.key: b for b in map(Booking.model_validate, row.stood)}
    published = dict(problem.standing.by_key) if problem.standing else {}
    mine = dict(settle(problem, before).by_key)
    clashes = sorted(_clashes(stood, mine, published))
    if clashes and keep == "refuse":
        said = f"{len(clashes)} booking(s) were changed here and in what was published; say which of the two to keep"
        raise Conflict(said, bookings=[key._asdict() for key in clashes])
    merged = _merged(stood, mine, published, keep)
    changed = {key for key in merged.keys() | before.by_key.keys() if merged.get(key) != before.by_key.get(key)}
    judged = draft.judge_again(work, row, problem, replaced(before, problem, merged.values(), changed))
    comparison = compared(before, judged_before, judged.plan, judged.verdict)
    draft.keep(work, row, scope, judged)
    row.base, row.stood = draft.newest(work, scope), draft.dumped(published.values())
    work.audit("rebase", "plan", row.id, after={"base": row.base, "clashes": len(clashes), "keep": keep})
    draft.flush(work, row, judged)
    return comparison


def _merged(stood: Bookings, mine: Bookings, published: Bookings, keep: Keep) -> Bookings:
    found: dict[BookingKey, Booking | None] = {}
    for key in stood.keys() | mine.keys() | published.keys():
        changed_here = not _alike(stood.get(key), mine.get(key))
        changed_there = not _alike(stood.get(key), published.get(key))
        mine_counts = changed_here and (keep == "mine" or not changed_there)
        found[key] = mine.get(key) if mine_counts else published.get(key)
    return {key: booking for key, booking in sorted(found.items()) if booking is not None}


def _clashes(stood: Bookings, mine: Bookings, published: Bookings) -> Iterator[BookingKey]:
    for key in stood.keys() | mine.keys() | published.keys():
        was, here, there = stood.get(key), mine.get(key), published.get(key)
        if not _alike(was, here) and not _alike(was, there) and not _alike(here, there):
            yield key


def _alike(one: Booking | None, other: Booking | None) -> bool:
    return bool(_place(one) == _place(other))


def _place(booking: Booking | None) -> Any:
    return None if booking is None else (booking.resource, booking.start, booking.end)
