"""A seeded week of field service that looks real, of any size: cities with clusters of customers, skills with levels.

There are shifts, lunches, absences, priorities, windows, promises, double visits, work in rooms, and locks. Travel is
along the great circle. All is drawn from one generator, so a size and a seed tell the problem.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property

import numpy as np

from scheduler.domain.activity import Activity, Requirement, SkillNeed
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Absence, Break, LocalSpan, Room, Skill, Technician, WorkingHours
from scheduler.domain.travel import GreatCircle, Place, TravelTimes

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
CITIES = (("north", 50.45, 30.52, 5), ("west", 49.84, 24.03, 3), ("south", 46.48, 30.73, 3), ("east", 49.99, 36.23, 2))
"""Name, latitude, longitude, share of the work."""
CLUSTERS, CLUSTER_SPREAD, CITY_SPREAD = 6, 0.02, 0.12
"""Clusters of customers per city; standard deviations in degrees."""
SKILLS = ("gas", "electric", "hvac", "lifts", "network", "water", "alarms", "solar")
SHIFTS = ((7, 15), (8, 17), (8, 17), (10, 19))
ABSENT, WINDOWED, PROMISED, DOUBLE, IN_ROOM, LOCKED = 0.04, 0.4, 0.2, 0.05, 0.03, 0.01
"""Shares: of a technician's days, and of the activities."""
HALF_DAYS = ((8, 12), (12, 17))


@dataclass(frozen=True)
class Size:
    """How large a problem is."""

    activities: int = 10_000
    technicians: int = 1_000
    days: int = 5


def field_service(size: Size, seed: int) -> Problem:
    """Return the problem of that size and seed."""
    draw = _Draw(size, np.random.default_rng(seed))
    technicians = tuple(draw.technician(n) for n in range(size.technicians))
    activities = tuple(draw.activity(n) for n in range(size.activities))
    return Problem(
        name=f"field-{size.activities}-{size.technicians}-{size.days}-{seed}",
        horizon=Interval(start=MONDAY, end=MONDAY + timedelta(days=size.days)),
        technicians=technicians,
        rooms=tuple(draw.room(city) for city in range(len(CITIES))),
        places=tuple(draw.places),
        activities=activities,
        locks=tuple(lock for activity in activities if (lock := draw.lock(activity))),
        travel=TravelTimes(great_circle=GreatCircle(speed_kmh=40)),
    )


class _Draw:
    """Draws one thing after the other; every place that is drawn is remembered."""

    def __init__(self, size: Size, rng: np.random.Generator) -> None:
        self.size, self.rng = size, rng
        self.places: list[Place] = [Place(id=f"hub-{name}", latitude=a, longitude=b) for name, a, b, _ in CITIES]

    @cached_property
    def centres(self) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
        """Coordinates of every cluster, by city."""
        cities = np.array([(latitude, longitude) for _, latitude, longitude, _ in CITIES])
        return np.asarray(cities[:, None, :] + self.rng.normal(0, CITY_SPREAD, (len(CITIES), CLUSTERS, 2)))

    def place(self, name: str, city: int) -> str:
        """Put a new place into a cluster of a city."""
        at = self.centres[city, self.rng.integers(CLUSTERS)] + self.rng.normal(0, CLUSTER_SPREAD, 2)
        self.places.append(Place(id=name, latitude=round(float(at[0]), 6), longitude=round(float(at[1]), 6)))
        return name

    def city(self) -> int:
        shares = np.array([share for *_, share in CITIES], dtype=np.float64)
        return int(self.rng.choice(len(CITIES), p=shares / shares.sum()))

    def happens(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def technician(self, n: int) -> Technician:
        city = n % len(CITIES) if n < len(CITIES) else self.city()
        home = self.place(f"home-{n}", city)
        start, end = SHIFTS[self.rng.integers(len(SHIFTS))]
        held = self.rng.choice(len(SKILLS), size=int(self.rng.integers(2, 5)), replace=False)
        shift = LocalSpan(start=time(start), end=time(end))
        return Technician(
            id=f"technician-{n}",
            skills=tuple(Skill(skill=SKILLS[s], level=int(self.rng.integers(1, 4))) for s in sorted(held)),
            working_hours=WorkingHours(weekly={day: (shift,) for day in range(7)}),
            absences=tuple(self._absence(day) for day in range(self.size.days) if self.happens(ABSENT)),
            breaks=(Break(id="lunch", window=LUNCH_WINDOW, duration=timedelta(minutes=45), price=1),),
            start_place=home,
            end_place=home,
            overtime_limit=timedelta(hours=1),
            territories=frozenset({CITIES[city][0]}),
        )

    def _absence(self, day: int) -> Absence:
        start = MONDAY + timedelta(days=day)
        return Absence(interval=Interval(start=start, end=start + timedelta(days=1)), reason="day off")

    def room(self, city: int) -> Room:
        hours = WorkingHours(weekly={day: (LocalSpan(start=time(7), end=time(19)),) for day in range(7)})
        return Room(id=f"workshop-{CITIES[city][0]}", place=f"hub-{CITIES[city][0]}", capacity=4, opening=hours)

    def activity(self, n: int) -> Activity:
        city, indoors = self.city(), self.happens(IN_ROOM)
        first = MONDAY + timedelta(days=int(self.rng.integers(self.size.days)))
        half = HALF_DAYS[self.rng.integers(len(HALF_DAYS))]
        window = Interval(start=first + timedelta(hours=half[0]), end=first + timedelta(hours=half[1]))
        return Activity(
            id=f"activity-{n}",
            duration=timedelta(minutes=int(self.rng.choice([20, 30, 45, 60, 90, 120]))),
            place=None if indoors else self.place(f"customer-{n}", city),
            start_windows=(window,) if self.happens(WINDOWED) else (),
            respond_by=first + timedelta(hours=17) if self.happens(PROMISED) else None,
            priority=int(self.rng.integers(1, 11)),
            requirements=self._requirements(city, indoors),
            territory=CITIES[city][0],
        )

    def _requirements(self, city: int, indoors: bool) -> tuple[Requirement, ...]:
        lead = SkillNeed(skill=SKILLS[self.rng.integers(len(SKILLS))], level=int(self.rng.integers(1, 4)))
        roles = [Requirement(id="technician", skills=(lead,))]
        if indoors:
            roles.append(Requirement(id="room", kind="room", must_choose_from=(f"workshop-{CITIES[city][0]}",)))
        elif self.happens(DOUBLE):
            roles.append(Requirement(id="helper", skills=(SkillNeed(skill=lead.skill),)))
        return tuple(roles)

    def lock(self, activity: Activity) -> Lock | None:
        """Hold the time of a few activities, at the opening of their window."""
        if not (activity.start_windows and self.happens(LOCKED / WINDOWED)):
            return None
        start = activity.start_windows[0].start + timedelta(hours=1)
        return Lock(kind=LockKind.TIME, activity=activity.id, start=start, why="promised by phone")


LUNCH_WINDOW = LocalSpan(start=time(11, 30), end=time(14))
