"""Day routes as lines on a map."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.travel import Place
from scheduler.io.look import DASHES, PALETTE
from scheduler.io.stops import located, stops


@dataclass(frozen=True)
class Line:
    """Where a technician drives on a day, in order; `dash` and `colour` together are the technician's own."""

    resource: str
    name: str
    colour: str
    dash: str
    points: tuple[Place, ...]
    visits: tuple[tuple[int, str, Place], ...]


def lines(problem: Problem, plan: Plan, day: date) -> tuple[Line, ...]:
    """The day routes of a day that go anywhere we know the coordinates of."""
    order = {technician.id: n for n, technician in enumerate(problem.technicians)}
    found = [_line(problem, plan, n, order[route.resource]) for n, route in enumerate(plan.routes) if route.day == day]
    return tuple(sorted((line for line in found if line.points), key=lambda line: order[line.resource]))


def _line(problem: Problem, plan: Plan, route: int, n: int) -> Line:
    points: list[Place] = []
    visits: list[tuple[int, str, Place]] = []
    for stop in stops(problem, plan, plan.routes[route]):
        place = located(problem, stop.place)
        if place is None:
            continue
        points.append(place)
        if stop.key is not None:
            activity = problem.activity[stop.key.activity]
            visits.append((len(visits) + 1, activity.name or activity.id, place))
    technician = problem.technicians[n]
    dash = DASHES[n // len(PALETTE) % len(DASHES)]
    return Line(
        technician.id, technician.name or technician.id, PALETTE[n % len(PALETTE)], dash, tuple(points), tuple(visits)
    )


def shown(every: Iterable[Line]) -> list[Place]:
    """All places that the lines touch."""
    return [place for line in every for place in line.points]
