"""The demo company, moved to the coming week so that there is something to plan."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.domain.problem import Problem
from scheduler.io.demo.problem import demo_problem

WEEK = timedelta(days=7)


def demo_company(today: date) -> Problem:
    """The demo's week as the next one that begins after `today`, at the same times on the clock on the wall."""
    problem = demo_problem()
    zone = ZoneInfo(problem.time_zone)
    monday = problem.horizon.start.astimezone(zone).date()
    later = ((today - monday) // WEEK + 1) * WEEK
    return Problem.read(_moved(problem.model_dump(), later, zone))


def _moved(part: Any, later: timedelta, zone: ZoneInfo) -> Any:
    """The same values with every moment and date that much later."""
    if isinstance(part, datetime):
        return part.astimezone(zone) + later  # on the wall: a clock change in between moves no appointment
    if isinstance(part, date):
        return part + later
    if isinstance(part, dict):
        return {_moved(name, later, zone): _moved(value, later, zone) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_moved(value, later, zone) for value in part]
    return part
