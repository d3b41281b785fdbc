"""The set `field` as routing, as far as its instances are routing: a stop per activity, a vehicle per working day.

Levels become skill tags: somebody of level 2 bears the tags of levels 1 and 2. Times are seconds.
"""

from functools import partial

import numpy as np

from benchmarks.peers.routing import Pause, Route, Routes, Routing, Stop, Vehicle
from benchmarks.sets.field import instance as given
from benchmarks.sets.field import solution as answer
from benchmarks.sets.field.instance import DAY, LUNCH_LENGTH, LUNCH_WINDOW, Instance

LEVELS = 100
"""More than there are levels of a skill."""


def beyond(instance: Instance) -> str:
    """Say what of an instance is no routing."""
    found = {
        "double visits": any(work.helper for work in instance.work),
        "rooms": bool(instance.rooms),
        "fixed starts": any(work.fixed_start is not None for work in instance.work),
        "technicians asked for": any(work.asked_for is not None for work in instance.work),
        "absences": any(technician.absent for technician in instance.technicians),
    }
    return ", ".join(name for name, there in found.items() if there)


def routing(instance: Instance) -> Routing:
    """Places are the activities' in their order, then the homes; a vehicle for each day of a technician."""
    skills = {name: n for n, name in enumerate(sorted({work.skill for work in instance.work}))}
    points = [work.place for work in instance.work] + [technician.home for technician in instance.technicians]
    return Routing(
        stops=[
            Stop(
                place=n,
                service=work.duration,
                window=work.window,
                skills=frozenset({LEVELS * skills[work.skill] + work.level}),
                prize=work.priority,
            )
            for n, work in enumerate(instance.work)
        ],
        vehicles=[_vehicle(instance, n, day, skills) for n, day in _days(instance)],
        places=len(points),
        drives=partial(given.drives, np.array(points, dtype=np.float64)),
        priorities=True,
    )


def _days(instance: Instance) -> list[tuple[int, int]]:
    """Return the positions of technicians, each with every day."""
    return [(n, d) for n in range(len(instance.technicians)) for d in range(instance.days)]


def _vehicle(instance: Instance, n: int, day: int, skills: dict[str, int]) -> Vehicle:
    technician, home, midnight = instance.technicians[n], len(instance.work) + n, day * DAY
    opens, closes = (midnight + clock for clock in LUNCH_WINDOW)
    held = ((skills[name], level) for name, level in technician.skills.items() if name in skills)
    return Vehicle(
        start=home,
        end=home,
        window=(midnight + technician.shift[0], midnight + technician.shift[1]),
        skills=frozenset(LEVELS * number + below for number, level in held for below in range(1, level + 1)),
        pause=Pause(LUNCH_LENGTH, (opens, closes - LUNCH_LENGTH)) if instance.lunch else None,
    )


def solution(instance: Instance, routes: Routes) -> answer.Solution:
    """Return a peer's routes, with the times that it says, in the set's format."""
    days = _days(instance)
    return answer.Solution(tuple(_route(instance, *days[at], route) for at, route in routes.items() if route.stops))


def _route(instance: Instance, technician: int, day: int, route: Route) -> answer.Route:
    stops = (answer.Stop(instance.work[n].id, start) for n, start in zip(route.stops, route.starts, strict=True))
    return answer.timed(instance, instance.technicians[technician].id, day, route.pause, tuple(stops))
