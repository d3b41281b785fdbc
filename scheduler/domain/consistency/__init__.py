"""What can be wrong between the parts of a problem, each as a path and a message that names the fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from scheduler.domain.activity import Activity, Precedence
from scheduler.domain.consistency.activities import activity
from scheduler.domain.consistency.known import Found, Known, Path
from scheduler.domain.consistency.overrides import contradicting_locks, lock, waiver
from scheduler.domain.consistency.precedences import cycles, precedence
from scheduler.domain.consistency.resources import room, technician
from scheduler.domain.consistency.standing import standing
from scheduler.domain.consistency.travel import travel
from scheduler.domain.consistency.whole import doubles, sizes, times
from scheduler.domain.override import Lock, Waiver
from scheduler.domain.resource import Room, Technician

if TYPE_CHECKING:
    from scheduler.domain.problem import Problem

T = TypeVar("T")


def inconsistencies(problem: Problem, unread: frozenset[str] = frozenset()) -> list[Found]:
    """All of them. Elements that could not be read are taken as known and not looked into; so are `unread` fields."""
    known = Known(problem, unread)
    return [
        *sizes(known),
        *doubles(known),
        *times(known),
        *_each(known, "technicians", Technician, technician),
        *_each(known, "rooms", Room, room),
        *_each(known, "activities", Activity, activity),
        *travel(known),
        *_each(known, "precedences", Precedence, precedence),
        *cycles(known),
        *_each(known, "locks", Lock, lock),
        *contradicting_locks(known),
        *_each(known, "waivers", Waiver, waiver),
        *standing(known),
    ]


def adjustments(problem: Problem, former: Problem) -> list[Found]:
    """Those of moments, locks, waivers and another standing plan: nothing else in a problem depends on these."""
    known = Known(problem, frozenset())
    return [
        *times(known),
        *_each(known, "locks", Lock, lock),
        *contradicting_locks(known),
        *_each(known, "waivers", Waiver, waiver),
        *(standing(known) if problem.standing is not former.standing else ()),
    ]


def _each(
    known: Known, field: str, kind: type[T], check: Callable[[Known, T, Path], Iterator[Found]]
) -> Iterator[Found]:
    items: tuple[Any, ...] = getattr(known.problem, field)
    for n, item in enumerate(items):
        if isinstance(item, kind):
            yield from check(known, item, (field, n))
