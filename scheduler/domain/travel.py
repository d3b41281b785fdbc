"""Places, and how long and how far it is from one to another."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from math import asin, ceil, cos, isnan, radians, sin, sqrt
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator

from scheduler.domain.base import Duration, FrozenDict, Id, Mapped, Value

EARTH_RADIUS_KM = 6371.0088
SECONDS_PER_HOUR = 3600.0

Floats = NDArray[np.float64]


def _table(given: Any) -> Floats:
    try:
        array = np.array(given, dtype=np.float64) + 0.0  # a copy with None as NaN, and without negative zeros
    except (TypeError, ValueError):
        raise ValueError("is not a table of numbers; give one row and one column for each place") from None
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError("is not square; give one row and one column for each place")
    if np.any(array < 0) or np.any(np.isinf(array)):
        raise ValueError("holds a negative or infinite value; use null for a pair that can't be travelled")
    array.setflags(write=False)
    return array


def _rows(array: Floats) -> list[list[float | None]]:
    cells = array.astype(object)
    cells[np.isnan(array)] = None
    rows: list[list[float | None]] = cells.tolist()
    return rows


Table = Annotated[
    NDArray[np.float64],
    BeforeValidator(_table),
    PlainSerializer(_rows),
    WithJsonSchema({"type": "array", "items": {"type": "array", "items": {"type": ["number", "null"]}}}),
]


class Place(Value):
    """A location, with coordinates in degrees where the travel times are computed from them."""

    id: Id
    name: str = ""
    address: str = ""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class Matrix(Value):
    """Travel between `places` as tables of shape (places, places), row is from, column is to; NaN: unreachable.

    Attributes
    ----------
    seconds
        Duration of the drive. Need not be symmetric, need not obey the triangle inequality.
    metres
        Length of the drive; zeros when not given.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    places: tuple[Id, ...]
    seconds: Table
    metres: Table | None = None

    @model_validator(mode="after")
    def _shapes(self) -> Self:
        shape = (len(self.places),) * 2
        for name, table in (("seconds", self.seconds), ("metres", self.metres)):
            if table is not None and table.shape != shape:
                raise ValueError(f"{name} has shape {table.shape}, not {shape}; give a row and a column for each place")
        if len(set(self.places)) < len(self.places):
            raise ValueError("places names a place twice; keep one of its rows and columns")
        if self.metres is not None and np.any(np.isnan(self.metres) & ~np.isnan(self.seconds)):
            raise ValueError("metres has no value for a pair that seconds has one for; give both or neither")
        return self

    @cached_property
    def index(self) -> dict[str, int]:
        return {place: n for n, place in enumerate(self.places)}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Matrix):
            return NotImplemented
        tables = ((self.seconds, other.seconds), (self.metres, other.metres))
        return self.places == other.places and all(_same(left, right) for left, right in tables)

    __hash__ = None  # type: ignore[assignment]


def _same(left: Floats | None, right: Floats | None) -> bool:
    if left is None or right is None:
        return left is right
    return np.array_equal(left, right, equal_nan=True)


class GreatCircle(Value):
    """Travel along the great circle, longer by `detour`, at `speed_kmh`.

    Durations are rounded up to whole `rounding`: where all that is given lies on its grid, starts lie there too. It is
    an estimate, so a minute is fine enough.
    """

    speed_kmh: float = Field(default=50.0, gt=0, le=1000)
    detour: float = Field(default=1.3, ge=1, le=10)
    rounding: Duration = Field(default=timedelta(minutes=1), gt=timedelta(0))

    def metres(self, start: Floats, end: Floats) -> Floats:
        """Distance table of shape (len(start), len(end)) from arrays of (latitude, longitude) in degrees."""
        a, b = np.radians(start)[:, None, :], np.radians(end)[None, :, :]
        half = np.sin((b - a) / 2) ** 2
        chord = half[..., 0] + np.cos(a[..., 0]) * np.cos(b[..., 0]) * half[..., 1]
        metres: Floats = 2000 * EARTH_RADIUS_KM * self.detour * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
        return metres

    def seconds(self, metres: Floats, speed: float = 1.0) -> Floats:
        """Seconds for distances in metres, for somebody who is so many times as fast."""
        return np.ceil(np.round(metres * self._steps_per_metre(speed), 6)) * self._step

    @cached_property
    def _step(self) -> float:
        return self.rounding.total_seconds()

    def _steps_per_metre(self, speed: float) -> float:
        return SECONDS_PER_HOUR / 1000 / (self.speed_kmh * speed) / self._step

    def metres_between(self, start: tuple[float, float], end: tuple[float, float]) -> float:
        """As `metres`, for one pair of (latitude, longitude) in radians."""
        half = sin((end[0] - start[0]) / 2) ** 2
        chord = half + cos(start[0]) * cos(end[0]) * sin((end[1] - start[1]) / 2) ** 2
        return 2000 * EARTH_RADIUS_KM * self.detour * asin(sqrt(min(1.0, chord)))

    def seconds_for(self, metres: float, speed: float = 1.0) -> float:
        """As `seconds`, for one distance."""
        return ceil(round(metres * self._steps_per_metre(speed), 6)) * self._step


class TravelTimes(Value):
    """Travel by profile: a matrix where one is given, otherwise the great circle.

    `great_circle` serves every profile without a matrix; set it to None to have such a profile reported as a fault.
    """

    matrices: Mapped[str, Matrix] = FrozenDict()
    great_circle: GreatCircle | None = GreatCircle()

    def tables(
        self, places: Mapping[str, Place], start: list[str], end: list[str], profile: str, speed: float = 1.0
    ) -> tuple[Floats, Floats]:
        """Seconds and metres, each of shape (len(start), len(end)); NaN where there is no way.

        Seconds are for somebody who is `speed` times as fast, in whole microseconds.

        Raises KeyError for a profile or a place that is not known.
        """
        matrix = self.matrices.get(profile)
        if matrix is not None:
            rows, columns = [matrix.index[p] for p in start], [matrix.index[p] for p in end]
            seconds = at_speed(matrix.seconds[np.ix_(rows, columns)], speed)
            metres = np.zeros_like(seconds) if matrix.metres is None else matrix.metres[np.ix_(rows, columns)]
            return seconds, np.where(np.isnan(seconds), np.nan, metres)
        if self.great_circle is None:
            raise KeyError(profile)
        metres = self.great_circle.metres(_coordinates(places, start), _coordinates(places, end))
        return self.great_circle.seconds(metres, speed), metres

    def between(
        self, places: Mapping[str, Place], start: str, end: str, profile: str, speed: float = 1.0
    ) -> tuple[timedelta, float] | None:
        """Duration and kilometres of one drive; None where there is no way."""
        matrix = self.matrices.get(profile)
        if matrix is not None:
            return _in_matrix(matrix, start, end, speed)
        if self.great_circle is None:
            raise KeyError(profile)
        here, there = _radians(places[start]), _radians(places[end])
        if here is None or there is None:
            return None
        metres = self.great_circle.metres_between(here, there)
        return timedelta(microseconds=round(self.great_circle.seconds_for(metres, speed) * 1e6)), metres / 1000


def _in_matrix(matrix: Matrix, start: str, end: str, speed: float) -> tuple[timedelta, float] | None:
    row, column = matrix.index[start], matrix.index[end]
    seconds = float(matrix.seconds[row, column])
    if isnan(seconds):
        return None
    metres = 0.0 if matrix.metres is None else float(matrix.metres[row, column])
    return timedelta(microseconds=round(seconds * 1e6 / speed)), metres / 1000


def at_speed(seconds: Floats, speed: float) -> Floats:
    """Durations of drives at another speed, in the whole microseconds that everybody counts with."""
    return np.asarray(np.round(seconds * 1e6 / speed) / 1e6, dtype=np.float64)


def _radians(place: Place) -> tuple[float, float] | None:
    if place.latitude is None or place.longitude is None:
        return None
    return radians(place.latitude), radians(place.longitude)


def _coordinates(places: Mapping[str, Place], ids: list[str]) -> Floats:
    return np.array([(places[p].latitude, places[p].longitude) for p in ids], dtype=np.float64).reshape(-1, 2)
