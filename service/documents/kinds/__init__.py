"""All kinds, one file each, in the order in which the API shows them."""

from typing import Any

from service.documents.kind import Kind
from service.documents.kinds.absence import ABSENCES
from service.documents.kinds.activity import ACTIVITIES
from service.documents.kinds.calendar import CALENDARS
from service.documents.kinds.goal import GOALS
from service.documents.kinds.lock import LOCKS
from service.documents.kinds.place import PLACES
from service.documents.kinds.precedence import PRECEDENCES
from service.documents.kinds.room import ROOMS
from service.documents.kinds.technician import TECHNICIANS
from service.documents.kinds.waiver import WAIVERS

KINDS: tuple[Kind[Any], ...] = (
    TECHNICIANS,
    ROOMS,
    PLACES,
    ABSENCES,
    ACTIVITIES,
    PRECEDENCES,
    LOCKS,
    WAIVERS,
    GOALS,
    CALENDARS,
)
