"""The published bookings: only what changes is written, so that what stays keeps its status and its version."""

from collections.abc import Mapping
from typing import Any

from scheduler.domain.plan import Booking, BookingKey, BookingStatus
from scheduler.domain.problem import Problem
from scheduler.solver.judge import Judged
from scheduler.solver.view import View
from service.planning.given import Given, as_booking, key_of
from service.tables import BookingRow
from service.work import Work

BEGUN = (BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED)


def put_into_force(work: Work, judged: Judged, publication: int) -> list[dict[str, Any]]:
    """Make the published bookings of the problem's activities those of the plan. Returns what changed, by key."""
    problem, plan = judged.problem, judged.plan
    there = {key_of(row): row for row in Given(work.session, work.tenant, problem.horizon).rows()}
    there = {key: row for key, row in there.items() if key.activity in problem.activity}
    view = View(problem, plan)
    waived = _overlapping(view, problem)
    fresh = {b.key: _columns(view, problem, b, b.key in waived) for b in plan.bookings}
    changed = [key for key in there.keys() | fresh.keys() if not _same(there.get(key), fresh.get(key))]
    was = {key: as_booking(there[key]) for key in changed if key in there}
    for key in was:
        work.session.delete(there[key])
    work.session.flush()  # first all that goes, then all that comes: two bookings may change places
    for key in changed:
        if key in fresh:
            work.session.add(_row(work, fresh[key], publication, _status(was.get(key), fresh[key])))
    work.session.flush()
    return [_change(key, was.get(key), plan.by_key.get(key)) for key in sorted(changed)]


def _columns(view: View, problem: Problem, booking: Booking, waived: bool) -> dict[str, Any]:
    busy_from, busy_until = view.occupied(booking)
    return {
        "activity": booking.activity,
        "requirement": booking.requirement,
        "ordinal": booking.ordinal,
        "resource": booking.resource,
        "starts_at": booking.start,
        "ends_at": booking.end,
        "busy_from": busy_from,
        "busy_until": busy_until,
        "exclusive": _exclusive(problem, booking.resource),
        "waived": waived,
    }


def _exclusive(problem: Problem, resource: str) -> bool:
    room = problem.room.get(resource)
    return room is None or room.capacity == 1


def _same(row: BookingRow | None, columns: Mapping[str, Any] | None) -> bool:
    if row is None or columns is None:
        return False
    return all(getattr(row, name) == value for name, value in columns.items())


def _status(was: Booking | None, columns: Mapping[str, Any]) -> BookingStatus:
    """A booking that moves is a new one to whom it is for, unless the work on it has begun: that is a fact."""
    if was is not None and was.status in BEGUN and was.resource == columns["resource"]:
        return was.status
    return BookingStatus.PUBLISHED


def _row(work: Work, columns: Mapping[str, Any], publication: int, status: BookingStatus) -> BookingRow:
    return BookingRow(
        tenant=work.tenant,
        **columns,
        status=status.value,
        publication=publication,
        changed_at=work.now,
        changed_by=work.caller.user,
    )


def _overlapping(view: View, problem: Problem) -> frozenset[BookingKey]:
    """Bookings that begin while their resource is still at another one. Who got here accepted that.

    Of two bookings that overlap one is marked, which is what the database asks for.
    """
    found: set[BookingKey] = set()
    for resource, bookings in view.plan.by_resource.items():
        if not _exclusive(problem, resource):
            continue
        until = None
        for booking in sorted(bookings, key=view.occupied):
            begin, end = view.occupied(booking)
            if until is not None and begin < until:
                found.add(booking.key)
            until = end if until is None else max(until, end)
    return frozenset(found)


def _change(key: BookingKey, was: Booking | None, becomes: Booking | None) -> dict[str, Any]:
    return {
        "activity": key.activity,
        "requirement": key.requirement,
        "ordinal": key.ordinal,
        "before": None if was is None else was.model_dump(mode="json", exclude={"status"}),
        "after": None if becomes is None else becomes.model_dump(mode="json", exclude={"status"}),
    }
