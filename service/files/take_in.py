"""Take a problem apart and keep its values: what has an id replaces what has the same id."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scheduler.domain.goal import Goal
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Resource
from service.documents import store
from service.documents.kind import Kind
from service.documents.kinds.absence import ABSENCES, ResourceAbsence
from service.documents.kinds.activity import ACTIVITIES
from service.documents.kinds.goal import GOALS
from service.documents.kinds.lock import LOCKS
from service.documents.kinds.place import PLACES
from service.documents.kinds.precedence import PRECEDENCES
from service.documents.kinds.room import ROOMS
from service.documents.kinds.technician import TECHNICIANS
from service.documents.kinds.waiver import WAIVERS
from service.planning import draft
from service.planning.given import DEFAULT, PLANNING
from service.planning.scope import PlanningSettings, Scope
from service.planning.settings import SETTINGS
from service.work import Work

Items = Sequence[tuple[str, Any]]


def take_in(work: Work, problem: Problem) -> dict[str, dict[str, int]]:
    """Keep all of it, or nothing. Returns what became of the values of each kind.

    Settings and goal count where there are none yet. A standing plan becomes a draft. Raises with all faults.
    """
    _begin_settings(work, problem)
    counts = {kind.path: store.upsert(work, kind, items, kind.path) for kind, items in _parts(problem) if items}
    if problem.standing is not None:
        draft.begin(work, problem.name, Scope(horizon=problem.horizon), problem.standing, origin="import")
    return counts


def _begin_settings(work: Work, problem: Problem) -> None:
    if store.look(work, SETTINGS, PLANNING) is None:
        settings = PlanningSettings(time_zone=problem.time_zone, travel=problem.travel)
        store.put(work, SETTINGS, PLANNING, settings, None)
    if problem.goal != Goal() and store.look(work, GOALS, DEFAULT) is None:
        store.put(work, GOALS, DEFAULT, problem.goal, None)


def _parts(problem: Problem) -> Iterator[tuple[Kind[Any], Items]]:
    """What is referred to before what refers to it."""
    yield PLACES, _by_id(problem.places)
    yield TECHNICIANS, _by_id(map(_without_absences, problem.technicians))
    yield ROOMS, _by_id(map(_without_absences, problem.rooms))
    yield ABSENCES, list(_absences(problem))
    yield ACTIVITIES, _by_id(problem.activities)
    yield PRECEDENCES, [(f"{p.before}>{p.after}", p) for p in problem.precedences]
    yield LOCKS, [(_named("lock", k.activity, k.requirement, k.ordinal, k.kind), k) for k in problem.locks]
    yield WAIVERS, [(_named("waiver", w.activity, w.requirement, w.ordinal, w.rule), w) for w in problem.waivers]


def _by_id(values: Iterable[Any]) -> Items:
    return [(value.id, value) for value in values]


def _without_absences(resource: Resource) -> Resource:
    return resource.model_copy(update={"absences": ()})


def _absences(problem: Problem) -> Iterator[tuple[str, ResourceAbsence]]:
    every: tuple[Resource, ...] = (*problem.technicians, *problem.rooms)
    for resource in every:
        for absence in resource.absences:
            value = ResourceAbsence(resource=resource.id, interval=absence.interval, reason=absence.reason)
            yield f"{resource.id}-{absence.interval.start:%Y%m%dT%H%M}", value


def _named(*parts: object) -> str:
    return "-".join(str(part) for part in parts if part is not None)
