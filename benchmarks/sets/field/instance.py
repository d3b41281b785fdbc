"""What a `field` instance says, in whole seconds from the first day's midnight and in degrees."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import asin, ceil, cos, radians, sin, sqrt

import numpy as np

from benchmarks.sets.base import FloatMatrix, IntMatrix

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

EARTH_RADIUS_M = 6371008.8
SPEED_KMH, DETOUR = 40.0, 1.3
HOUR, DAY = 3600, 86400
LUNCH_WINDOW, LUNCH_LENGTH = (11 * HOUR + HOUR // 2, 14 * HOUR), 45 * 60
"""Lunch begins and ends inside the window, anywhere between two stops, in the middle of a drive too."""
ROLE, HELPER = "technician", "helper"
BLOCK = 256
"""Rows of the travel matrix that are computed at a time."""


@dataclass(frozen=True)
class Technician:
    """Home, level by skill, shift and, by day, the absence; both in seconds of the day."""

    id: str
    home: Point
    skills: Mapping[str, int]
    shift: tuple[int, int]
    absent: Mapping[int, tuple[int, int]]


@dataclass(frozen=True)
class Room:
    """A workshop: where, how many activities at once, when it is open (seconds of the day)."""

    id: str
    place: Point
    capacity: int
    opening: tuple[int, int]


@dataclass(frozen=True)
class Work:
    """One activity, at `place` or in one of `rooms`; `window` bounds its start; a helper needs level 1 of the skill.

    It may be promised: for `fixed_start`, or by the technician whom the customer asked for, as `asked_for`.
    """

    id: str
    place: Point | None
    rooms: tuple[str, ...]
    duration: int
    window: tuple[int, int]
    skill: str
    level: int
    helper: bool
    priority: int
    fixed_start: int | None
    asked_for: str | None = None

    @property
    def promised(self) -> bool:
        """Whether leaving it out is a breach."""
        return self.fixed_start is not None or self.asked_for is not None

    @property
    def roles(self) -> tuple[str, ...]:
        """Who is needed at the same time."""
        return (ROLE, HELPER) if self.helper else (ROLE,)

    def level_of(self, role: str) -> int:
        """The level of the skill that a role asks for."""
        return self.level if role == ROLE else 1


@dataclass(frozen=True)
class Instance:
    """One instance; `lunch` says whether everybody who works must have it."""

    name: str
    days: int
    lunch: bool
    technicians: tuple[Technician, ...]
    work: tuple[Work, ...]
    rooms: tuple[Room, ...]

    @cached_property
    def technician(self) -> Mapping[str, Technician]:
        """By id."""
        return {technician.id: technician for technician in self.technicians}

    @cached_property
    def activity(self) -> Mapping[str, Work]:
        """By id."""
        return {work.id: work for work in self.work}

    @cached_property
    def room(self) -> Mapping[str, Room]:
        """By id."""
        return {room.id: room for room in self.rooms}


def drive(start: Point, end: Point) -> int:
    """Return the seconds of a drive along the great circle with a detour, rounded up."""
    (a, b), (c, d) = (map(radians, start), map(radians, end))
    chord = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    metres = 2 * EARTH_RADIUS_M * DETOUR * asin(sqrt(min(1.0, chord)))
    return ceil(round(metres * HOUR / 1000 / SPEED_KMH, 6))


def drives(points: FloatMatrix) -> IntMatrix:
    """Return the seconds of all drives between points, shape (n, 2) to (n, n), as `drive` has them."""
    at = np.radians(points)
    table = np.empty((len(at), len(at)), dtype=np.int64)
    for first in range(0, len(at), BLOCK):
        rows = at[first : first + BLOCK, None, :]
        half = np.sin((at[None, :, :] - rows) / 2) ** 2
        chord = half[..., 0] + np.cos(rows[..., 0]) * np.cos(at[None, :, 0]) * half[..., 1]
        metres = 2 * EARTH_RADIUS_M * DETOUR * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
        table[first : first + BLOCK] = np.ceil(np.round(metres * HOUR / 1000 / SPEED_KMH, 6))
    return table
