"""Draws field service that looks real and is a little too much: cities with clusters, skills with levels, shifts.

All is drawn from one generator, so a recipe tells the instance. The number of technicians follows from the work: the
minutes of service and of a good plan's travel, over the minutes of a shift without lunch, less `SHORT`. It is set so
that a good plan leaves 3 to 8 % of the activities out, the long ones of low priority. Some customers were promised a
start or the technician whom they asked for.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, sqrt
from typing import Self

import numpy as np

from benchmarks.sets.field.instance import (
    DAY,
    HOUR,
    LUNCH_LENGTH,
    LUNCH_WINDOW,
    Instance,
    Point,
    Room,
    Technician,
    Work,
    drive,
)

CITIES = (
    ("kyiv", 50.45, 30.52, 5), ("lviv", 49.84, 24.03, 3), ("odesa", 46.48, 30.73, 3), ("kharkiv", 49.99, 36.23, 3),
    ("dnipro", 48.46, 35.05, 2), ("vinnytsia", 49.23, 28.47, 1), ("poltava", 49.59, 34.55, 1),
    ("rivne", 50.62, 26.25, 1),
)  # fmt: skip
"""Name, latitude, longitude, share of the work; small instances have the first ones only."""
ACTIVITIES_PER_CITY = 400
"""A day, at least, where there is more than one city."""
WEEK, WEEK_FROM = 5, 1000
"""Days of a large full instance, and from how many activities on: fewer would need too few people for all skills."""
CLUSTERS, CLUSTER_SPREAD, CITY_SPREAD = 6, 0.02, 0.08
"""Clusters of customers per city; standard deviations in degrees."""
SKILLS = ("gas", "electric", "hvac", "lifts", "network", "water", "alarms", "solar", "pumps", "doors")
LEVELS, MOST_PRIORITY = 3, 10
SHIFTS = ((7, 15), (8, 17), (8, 17), (10, 19))
DURATIONS = (20, 30, 45, 60, 90, 120)
"""Minutes."""
HALF_DAYS = ((8, 12), (12, 17))
OPENING, BAYS, ROOM_LOAD = (7 * HOUR, 19 * HOUR), 4, 0.6
"""Of a workshop: seconds of the day, activities at once, share of its hours that is asked for."""
WINDOWED, DOUBLE, INDOORS, ABSENT, FIXED, ASKED_FOR = 0.5, 0.10, 0.10, 0.06, 0.02, 0.03
"""Shares: of the activities, and of technicians' days."""
ABSENCES = ((0, DAY), (0, DAY), (9 * HOUR, 11 * HOUR), (14 * HOUR, 16 * HOUR))
"""Seconds of the day: days off and appointments, these outside the time of lunch."""
NEAR = HOUR
"""Seconds of drive, at most, from the home of who is asked for."""
TRAVEL_BASE, TRAVEL_SPREAD = 3.0, 65.0
"""Minutes of travel per booking in a good plan: the base, and the spread over the square root of those in a city a day
(10 minutes at 100, 7 at 300, 5 at 1,000, as VROOM's plans have it)."""
SHORT, SHORT_OF_WEEK = {"full": 0.06, "routing": 0.07, "plain": 0.06}, 0.03
"""By how much the shifts are less than the work: rooms, teams and promises cost time, too, and more within a week."""


@dataclass(frozen=True)
class Recipe:
    """What an instance is drawn from.

    Attributes
    ----------
    variant
        `full`; `routing`, what a vehicle routing solver can express: one person for each activity, at the customer's,
        nobody absent, nothing promised; `plain`, the same without lunch.
    """

    variant: str
    activities: int
    days: int
    seed: int

    @classmethod
    def usual(cls, variant: str, activities: int, seed: int) -> Self:
        """A week for large full instances, otherwise a day."""
        return cls(variant, activities, WEEK if variant == "full" and activities >= WEEK_FROM else 1, seed)

    @property
    def name(self) -> str:
        """Also that of its file."""
        return f"field-{self.variant}-{self.activities}-{self.seed}"


def draw(recipe: Recipe) -> Instance:
    """Return the instance of a recipe."""
    drawn = _Draw(recipe, np.random.default_rng([recipe.seed, recipe.activities, recipe.days]))
    rooms = drawn.rooms()
    work = tuple(drawn.work(n, rooms) for n in range(recipe.activities))
    technicians = tuple(drawn.technician(n) for n in range(drawn.crew(work)))
    asked = drawn.promised(_kept(work, technicians, rooms), technicians)
    return Instance(recipe.name, recipe.days, recipe.variant != "plain", technicians, asked, rooms)


class _Draw:
    """Draws one thing after the other."""

    def __init__(self, recipe: Recipe, rng: np.random.Generator) -> None:
        self.recipe, self.rng, self.full = recipe, rng, recipe.variant == "full"
        self.cities = CITIES[: min(len(CITIES), max(1, recipe.activities // recipe.days // ACTIVITIES_PER_CITY))]
        shares = np.array([share for *_, share in self.cities], dtype=np.float64)
        self.shares = shares / shares.sum()

    @cached_property
    def centres(self) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
        """Coordinates of every cluster, by city."""
        cities = np.array([(latitude, longitude) for _, latitude, longitude, _ in self.cities])
        return np.asarray(cities[:, None, :] + self.rng.normal(0, CITY_SPREAD, (len(cities), CLUSTERS, 2)))

    def place(self, city: int) -> Point:
        at = self.centres[city, self.rng.integers(CLUSTERS)] + self.rng.normal(0, CLUSTER_SPREAD, 2)
        return round(float(at[0]), 5), round(float(at[1]), 5)

    def city(self) -> int:
        return int(self.rng.choice(len(self.cities), p=self.shares))

    def happens(self, share: float) -> bool:
        """Decide, and take the same chance from the generator in every variant."""
        return bool(self.rng.random() < share)

    def rooms(self) -> tuple[Room, ...]:
        """Workshops in the middle of each city, as many as the work indoors asks for."""
        if not self.full:
            return ()
        asked = self.recipe.activities * INDOORS * float(np.mean(DURATIONS)) * 60 * self.shares
        given = self.recipe.days * (OPENING[1] - OPENING[0]) * BAYS * ROOM_LOAD
        return tuple(
            Room(f"{name}-{n}", (latitude, longitude), BAYS, OPENING)
            for (name, latitude, longitude, _), seconds in zip(self.cities, asked, strict=True)
            for n in range(ceil(seconds / given))
        )

    def work(self, n: int, rooms: tuple[Room, ...]) -> Work:
        city, day = self.city(), int(self.rng.integers(self.recipe.days))
        indoors, helper = self.happens(INDOORS) and self.full, self.happens(DOUBLE) and self.full
        half = HALF_DAYS[self.rng.integers(len(HALF_DAYS))]
        windowed, fixed = self.happens(WINDOWED), self.happens(FIXED) and self.full
        window = (day * DAY + half[0] * HOUR, day * DAY + half[1] * HOUR)
        at, promised = self.place(city), windowed and fixed
        return Work(
            id=f"activity-{n}",
            place=None if indoors else at,
            rooms=tuple(room.id for room in rooms if room.id.startswith(self.cities[city][0])) if indoors else (),
            duration=60 * int(self.rng.choice(DURATIONS)),
            window=window if windowed else (0, self.recipe.days * DAY),
            skill=SKILLS[self.rng.integers(len(SKILLS))],
            level=int(self.rng.integers(1, LEVELS + 1)),
            helper=helper,
            priority=self.priority(promised),
            fixed_start=window[0] + HOUR if promised else None,
        )

    def priority(self, promised: bool) -> int:
        drawn = int(self.rng.integers(1, MOST_PRIORITY + 1))
        return MOST_PRIORITY if promised else drawn

    def technician(self, n: int) -> Technician:
        """Everybody masters one skill in turn and has up to four others at some level."""
        city = n % len(self.cities) if n < len(self.cities) else self.city()
        start, end = SHIFTS[self.rng.integers(len(SHIFTS))]
        others = self.rng.choice(len(SKILLS), size=int(self.rng.integers(2, 5)), replace=False)
        skills = {SKILLS[s]: int(self.rng.integers(1, LEVELS + 1)) for s in sorted(others)}
        absences = {day: ABSENCES[self.rng.integers(len(ABSENCES))] for day in range(self.recipe.days)}
        absent = {day: span for day, span in absences.items() if self.happens(ABSENT)}
        return Technician(
            id=f"technician-{n}",
            home=self.place(city),
            skills=skills | {SKILLS[n % len(SKILLS)]: LEVELS},
            shift=(start * HOUR, end * HOUR),
            absent=absent if self.full else {},
        )

    def promised(self, work: tuple[Work, ...], technicians: tuple[Technician, ...]) -> tuple[Work, ...]:
        """Have some customers ask for somebody who can, lives near, is never absent, and is asked for once."""
        free = {t.id: t for t in technicians if self.full and not t.absent}
        return tuple(self._asked_for(one, free) if self.happens(ASKED_FOR) else one for one in work)

    def _asked_for(self, work: Work, free: dict[str, Technician]) -> Work:
        if work.place is None or work.fixed_start is not None:
            return work
        able = [t.id for t in free.values() if _can_do(t, work, drive(t.home, work.place))]
        if not able:
            return work
        who = able[self.rng.integers(len(able))]
        del free[who]
        return replace(work, asked_for=who, priority=MOST_PRIORITY)

    def crew(self, work: tuple[Work, ...]) -> int:
        """Return how many technicians there are."""
        a_day_and_city = self.recipe.activities / self.recipe.days / len(self.cities)
        travel = 60 * (TRAVEL_BASE + TRAVEL_SPREAD / sqrt(a_day_and_city))
        asked = sum((w.duration + travel) * len(w.roles) for w in work)
        shift = float(np.mean([end - start for start, end in SHIFTS])) * HOUR
        absent = ABSENT * float(np.mean([min(1, (end - start) / shift) for start, end in ABSENCES]))
        given = self.recipe.days * (shift - (LUNCH_LENGTH if self.recipe.variant != "plain" else 0))
        short = SHORT[self.recipe.variant] if self.recipe.days == 1 else SHORT_OF_WEEK
        return max(2, round((1 - short) * asked / given / (1 - (absent if self.full else 0))))


def _kept(work: tuple[Work, ...], technicians: tuple[Technician, ...], rooms: tuple[Room, ...]) -> tuple[Work, ...]:
    """Promise no start where nobody near can do the work."""
    sites = {room.id: room.place for room in rooms}

    def able(one: Work) -> bool:
        place = one.place or sites[one.rooms[0]]
        return any(t.skills.get(one.skill, 0) >= one.level and drive(t.home, place) <= NEAR for t in technicians)

    return tuple(one if one.fixed_start is None or able(one) else replace(one, fixed_start=None) for one in work)


def _can_do(technician: Technician, work: Work, way: int) -> bool:
    """Whether somebody who lives so far away can do the work on a day without any other, lunch before or after it."""
    if technician.skills.get(work.skill, 0) < work.level or way > NEAR:
        return False
    opens, closes = (work.window[0] % DAY, work.window[1] % DAY) if work.window[1] - work.window[0] < DAY else (0, DAY)
    begin, end = technician.shift
    first, last = max(opens, begin + way), min(closes, end - way - work.duration)
    after_lunch = max(first, begin + way + LUNCH_LENGTH, LUNCH_WINDOW[0] + LUNCH_LENGTH)
    lunch = max(first + work.duration, LUNCH_WINDOW[0])
    before_lunch = first <= last and lunch + LUNCH_LENGTH <= min(LUNCH_WINDOW[1], end - way)
    return after_lunch <= last or before_lunch
