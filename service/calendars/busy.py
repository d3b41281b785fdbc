"""When people are busy elsewhere becomes absences, so that nothing is planned there. Only times are known."""

import hashlib
from datetime import datetime

from sqlalchemy import select

from scheduler.domain.interval import Interval, union
from scheduler.sync.content.people import Person
from scheduler.sync.inbound.facts import CALENDAR, taken_times
from scheduler.sync.link import Box
from service.calendars.inforce import InForce
from service.calendars.store import TenantStore, Writing
from service.documents.kinds.absence import ABSENCES, ResourceAbsence
from service.tables import AbsenceRow
from service.work import utc_now

BY = "calendar"


def keep_busy_times(store: TenantStore, standing: InForce, visited: frozenset[Box]) -> None:
    """Of everybody whose own mailbox was visited: their absences are what stands in it now."""
    with store.writing() as rows:
        for person in standing.people:
            if person.box in visited and rows.cursor(person.box).window is not None:
                _keep(rows, person, utc_now())


def _keep(rows: Writing, person: Person, now: datetime) -> None:
    wanted = {_id(person.resource, piece): piece for piece in union(taken_times(rows.foreign(person.box)))}
    mine = (AbsenceRow.tenant == rows.tenant, AbsenceRow.resource == person.resource, AbsenceRow.changed_by == BY)
    there = {row.id: row for row in rows.session.scalars(select(AbsenceRow).where(*mine))}
    for id in there.keys() - wanted.keys():
        rows.session.delete(there[id])
    for id in wanted.keys() - there.keys():
        absence = ResourceAbsence(resource=person.resource, interval=wanted[id], reason=CALENDAR)
        row = AbsenceRow(tenant=rows.tenant, id=id, value=ABSENCES.stored(absence), changed_at=now, changed_by=BY)
        for name, found in ABSENCES.columns(absence).items():
            setattr(row, name, found)
        rows.session.add(row)
    rows.session.flush()


def _id(resource: str, piece: Interval) -> str:
    said = f"{resource} {piece.start.isoformat()} {piece.end.isoformat()}"
    return f"calendar-{hashlib.sha256(said.encode()).hexdigest()[:24]}"
