"""The demo's problem: five working days, twelve technicians, four rooms, ninety activities."""

from datetime import time, timedelta

from scheduler.domain.interval import Interval
from scheduler.domain.problem import Problem
from scheduler.domain.resource import at_local
from scheduler.domain.travel import GreatCircle, TravelTimes
from scheduler.io.demo import special
from scheduler.io.demo.people import MONDAY, ZONE, homes, rooms, technicians
from scheduler.io.demo.work import VISITS, place, visit

WORKING_DAYS = 5
SPECIAL_CUSTOMERS = 4


def demo_problem() -> Problem:
    """A week that looks real: half days and promises, lunch, absences, locks, a team, trainings, an order."""
    return Problem(
        name="A week in Kyiv",
        horizon=Interval(
            start=at_local(MONDAY, time(0), ZONE),
            end=at_local(MONDAY + timedelta(days=WORKING_DAYS), time(0), ZONE),
        ),
        time_zone=ZONE,
        technicians=technicians(),
        rooms=rooms(),
        places=(*homes(), *(place(n) for n in range(VISITS + SPECIAL_CUSTOMERS))),
        activities=(*(visit(n) for n in range(VISITS)), *special.activities()),
        precedences=special.precedences(),
        locks=special.locks(),
        travel=TravelTimes(great_circle=GreatCircle(speed_kmh=32, detour=1.35)),
    )
