"""Who declined a booking has time off for its slot, so that no plan gives it back; a dispatcher may take that away."""

import hashlib
from datetime import timedelta

from scheduler.domain.interval import Interval
from service.documents import store
from service.documents.kinds.absence import ABSENCES, ResourceAbsence
from service.tables import BookingRow
from service.work import Work

SHORTEST = timedelta(minutes=1)


def give_time_off(work: Work, row: BookingRow, why: str) -> None:
    slot = Interval(start=row.busy_from, end=max(row.busy_until, row.busy_from + SHORTEST))
    absence = ResourceAbsence(resource=row.resource, interval=slot, reason=f"declined {row.activity}: {why}"[:2000])
    store.upsert(work, ABSENCES, [(_id(row), absence)])


def take_back(work: Work, row: BookingRow) -> None:
    """The technician comes after all."""
    absence = store.look(work, ABSENCES, _id(row))
    if absence is not None:
        store.remove(work, ABSENCES, absence.id, absence.etag)


def _id(row: BookingRow) -> str:
    about = (row.activity, row.requirement, row.ordinal, row.resource, row.busy_from.isoformat())
    return f"declined-{hashlib.sha256(repr(about).encode()).hexdigest()[:24]}"
