"""Half-open intervals of time and their set algebra."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import Self

from pydantic import model_validator

from scheduler.domain.base import Instant, Value


class Interval(Value):
    """The moments from `start` up to, and without, `end`. Never empty."""

    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start >= self.end:
            start, end = self.start.isoformat(), self.end.isoformat()
            raise ValueError(f"ends at {end}, not after its start {start}; swap or fix")
        return self

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def contains(self, start: datetime, end: datetime) -> bool:
        """Whether [start, end] lies inside, both ends of the interval included."""
        return self.start <= start and end <= self.end

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether some moment of [start, end) lies inside."""
        return self.start < end and start < self.end


Intervals = tuple[Interval, ...]
"""Disjoint, ascending and not touching, when it comes out of a function of this module."""


def union(intervals: Iterable[Interval]) -> Intervals:
    """The same moments as disjoint intervals in ascending order; touching ones are joined."""
    pieces = sorted(intervals, key=_start)
    if len(pieces) < 2 or all(a.end < b.start for a, b in pairwise(pieces)):
        return tuple(pieces)
    merged: list[tuple[datetime, datetime]] = []
    for piece in pieces:
        if merged and piece.start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], piece.end))
        else:
            merged.append((piece.start, piece.end))
    return tuple(_between(a, b) for a, b in merged)


def intersect(left: Iterable[Interval], right: Iterable[Interval]) -> Intervals:
    """The moments in both."""
    a, b = union(left), union(right)
    found: list[Interval] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i].start, b[j].start), min(a[i].end, b[j].end)
        if start < end:
            found.append(_between(start, end))
        if a[i].end <= b[j].end:
            i += 1
        else:
            j += 1
    return tuple(found)


def subtract(left: Iterable[Interval], right: Iterable[Interval]) -> Intervals:
    """The moments in `left` that are not in `right`."""
    pieces, holes = union(left), union(right)
    if not pieces or not holes:
        return pieces
    edges = [pieces[0].start, *(edge for hole in holes for edge in (hole.start, hole.end)), pieces[-1].end]
    between = zip(edges[::2], edges[1::2], strict=True)
    return intersect(pieces, (_between(a, b) for a, b in between if a < b))


def total(intervals: Iterable[Interval]) -> timedelta:
    """How long the intervals last together; what lies in several of them counts once."""
    return sum((piece.length for piece in union(intervals)), timedelta(0))


_start = attrgetter("start")


def _between(start: datetime, end: datetime) -> Interval:
    """An interval of moments that other intervals have been checked with."""
    return Interval.model_construct(start=start, end=end)
