"""Draws field service that looks real and is a little too much: cities with clusters, skills with levels, shifts.

All is drawn from one generator, so a recipe tells the instance. The number of technicians follows from the work: the
minutes of service and of a good plan's travel, over the minutes of a shift without lunch, less `SHORT`. It is set so
that a good plan leaves 3 to 8 % of the activities out, the long ones of low priority.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt
from typing import Self

import numpy as np

from benchmarks.sets.field.instance import DAY, HOUR, LUNCH_LENGTH, Instance, Point, Room, Technician, Work

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
WINDOWED, DOUBLE, INDOORS, ABSENT, FIXED = 0.5, 0.10, 0.10, 0.04, 0.02
"""Shares: of the activities, and of technicians' days."""
TRAVEL_BASE, TRAVEL_SPREAD = 3.0, 65.0
"""Minutes of travel per booking in a good plan: the base, and the spread over the square root of those in a city a day
(10 minutes at 100, 7 at 300, 5 at 1,000, as VROOM's plans have it)."""
SHORT = 0.05
"""By how much the shifts are less than the work."""


@dataclass(frozen=True)
class Recipe:
    """What an instance is drawn from.

    Attributes
    ----------
    variant
        `full`; `routing`, what a vehicle routing solver can express: one person for each activity, at the customer's,
        nobody absent, nothing locked; `plain`, the same without lunch.
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
    return Instance(recipe.name, recipe.days, recipe.variant != "plain", technicians, work, rooms)


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
        off = [day for day in range(self.recipe.days) if self.happens(ABSENT)]
        return Technician(
            id=f"technician-{n}",
            home=self.place(city),
            skills=skills | {SKILLS[n % len(SKILLS)]: LEVELS},
            shift=(start * HOUR, end * HOUR),
            absent=frozenset(off if self.full else ()),
        )

    def crew(self, work: tuple[Work, ...]) -> int:
        """Return how many technicians there are."""
        a_day_and_city = self.recipe.activities / self.recipe.days / len(self.cities)
        travel = 60 * (TRAVEL_BASE + TRAVEL_SPREAD / sqrt(a_day_and_city))
        asked = sum((w.duration + travel) * len(w.roles) for w in work)
        shift = float(np.mean([end - start for start, end in SHIFTS])) * HOUR
        given = self.recipe.days * (shift - (LUNCH_LENGTH if self.recipe.variant != "plain" else 0))
        return max(2, round((1 - SHORT) * asked / given / (1 - (ABSENT if self.full else 0))))
