"""Absences: of a technician or a room, one by one."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement

from scheduler.domain.base import Id, Instant
from scheduler.domain.errors import Fault
from scheduler.domain.resource import Absence
from service.documents.kind import Filter, Kind
from service.documents.world import Faults, World
from service.tables.document import AbsenceRow, RoomRow, TechnicianRow


class ResourceAbsence(Absence):
    """An absence with whose it is."""

    resource: Id


class AbsenceFilter(Filter):
    resource: str | None = None
    since: Instant | None = None
    until: Instant | None = None

    def where(self, row: Any) -> Iterable[ColumnElement[bool]]:
        if self.resource is not None:
            yield row.resource == self.resource
        if self.since is not None:
            yield row.ends_at > self.since
        if self.until is not None:
            yield row.starts_at < self.until


def faults(world: World, values: Sequence[ResourceAbsence]) -> Faults:
    resources = {absence.resource for absence in values}
    known = {husk.id for row in (TechnicianRow, RoomRow) for husk in world.husks(row, resources)}
    for n, absence in enumerate(values):
        if absence.resource not in known:
            yield n, Fault("resource", f"{absence.resource!r} is not the id of a technician or room; correct it")


ABSENCES = Kind(
    "absence",
    "absences",
    ResourceAbsence,
    AbsenceRow,
    AbsenceFilter,
    columns=lambda a: {"resource": a.resource, "starts_at": a.interval.start, "ends_at": a.interval.end},
    faults=faults,
    example={
        "resource": "olena",
        "interval": {"start": "2026-03-24T00:00:00Z", "end": "2026-03-25T00:00:00Z"},
        "reason": "ill",
    },
)
