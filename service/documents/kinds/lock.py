"""Locks."""

from collections.abc import Sequence

from scheduler.domain.activity import Activity
from scheduler.domain.override import Lock
from service.access.permission import Permission
from service.documents.kind import Filter, Kind
from service.documents.world import Faults, World, judged
from service.tables.document import ActivityRow, LockRow, RoomRow, TechnicianRow


class LockFilter(Filter):
    activity: str | None = None
    resource: str | None = None


def faults(world: World, values: Sequence[Lock]) -> Faults:
    activities = sorted({lock.activity for lock in values})
    around = {
        "activities": tuple(world.values(ActivityRow, Activity, ActivityRow.id.in_(activities)).values()),
        "technicians": world.husks(TechnicianRow, (lock.resource for lock in values)),
        "rooms": world.husks(RoomRow, (lock.resource for lock in values)),
    }
    yield from judged("locks", values, around)


LOCKS = Kind(
    "lock",
    "locks",
    Lock,
    LockRow,
    LockFilter,
    columns=lambda lock: {"activity": lock.activity, "resource": lock.resource, "until": lock.until},
    faults=faults,
    write=Permission.PLAN_EDIT,
    example={
        "kind": "time",
        "activity": "boiler-12",
        "start": "2026-03-23T09:00:00Z",
        "why": "the customer is at home then",
    },
)
