"""What the checks know of a problem: the ids that may be referred to, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduler.domain.activity import Activity
from scheduler.domain.resource import Room

if TYPE_CHECKING:
    from scheduler.domain.problem import Problem

Path = tuple[int | str, ...]
Found = tuple[Path, str]

LIST_OF = {"place": "places", "technician": "technicians", "room": "rooms", "activity": "activities"}


class Known:
    """A problem whose elements may be unreadable: those have an id and nothing else, and are not among the readable."""

    def __init__(self, problem: Problem, unread: frozenset[str]) -> None:
        self.problem = problem
        self.unread = unread
        self._ids = {kind: {item.id for item in getattr(problem, field)} for kind, field in LIST_OF.items()}
        self.activities = {a.id: a for a in problem.activities if isinstance(a, Activity)}
        self.placeless_rooms = {r.id for r in problem.rooms if isinstance(r, Room) and r.place is None}

    def unknown(self, given: str, *kinds: str) -> bool:
        """Whether no element of these kinds has that id."""
        return not any(LIST_OF[kind] in self.unread or given in self._ids[kind] for kind in kinds)

    def reference(self, given: str | None, path: Path, *kinds: str) -> Iterator[Found]:
        """A fault, if an element of these kinds is referred to that isn't there."""
        if given is not None and self.unknown(given, *kinds):
            lists = " or ".join(LIST_OF[kind] for kind in kinds)
            yield path, f"{given!r} is not the id of a {' or '.join(kinds)}; add it to {lists} or correct it"
