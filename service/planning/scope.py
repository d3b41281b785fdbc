"""What a plan is about: its horizon, its goal, and what it assumes beside what is given."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from scheduler.domain.base import Duration, Id, Instant, Value
from scheduler.domain.goal import Goal
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock, Waiver
from scheduler.domain.resource import TimeZone
from scheduler.domain.travel import GreatCircle, TravelTimes
from service.documents.kinds.absence import ResourceAbsence

MOST = 1000


class PlanningSettings(Value):
    """What holds for all planning of a tenant.

    Attributes
    ----------
    freeze
        Bookings that start sooner than this stay where they are.
    """

    time_zone: TimeZone = "UTC"
    travel: TravelTimes = TravelTimes(great_circle=GreatCircle())
    freeze: Duration = timedelta(0)


class Scope(Value):
    """What a plan is about.

    Attributes
    ----------
    goal
        The name of a kept goal, or a goal of its own; the goal `default` when not given.
    freeze_until
        When not given, so long from now as the settings say.
    locks, waivers, absences
        Assumed in this plan alone (what if). They become facts when it is published.
    """

    horizon: Interval
    goal: Id | Goal | None = None
    freeze_until: Instant | None = None
    locks: Annotated[tuple[Lock, ...], Field(max_length=MOST)] = ()
    waivers: Annotated[tuple[Waiver, ...], Field(max_length=MOST)] = ()
    absences: Annotated[tuple[ResourceAbsence, ...], Field(max_length=MOST)] = ()
