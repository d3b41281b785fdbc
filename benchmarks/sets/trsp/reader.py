"""Reader of the technician routing and scheduling instances (Pillac et al. 2012; github vpillac/vroom, GPL-3.0).

Point 0 is the main depot, 1..K are the technicians' homes, then come the requests. Coordinates are plain units; travel
takes their Euclidean distance, in the unit of the windows, unless the file has a section `TRAVEL TIMES` (minutes).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.sets.base import FloatMatrix, FormatError, euclidean

_ROW = re.compile(r"\s*(\d+)((?:\s+-?[\d.]+){5})\s*(?:\[(.*?)\]\s*\[(.*?)\]\s*\[(.*?)\])?\s*$")


@dataclass(frozen=True)
class Point:
    """Depot, home or request: window for the start, service time; skills, tools, parts are owned or needed."""

    x: float
    y: float
    earliest: float
    latest: float
    service: float
    skills: frozenset[int]
    tools: frozenset[int]
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Instance:
    """One instance; `travel` covers depot, homes and requests, in that order."""

    name: str
    crew: int
    points: tuple[Point, ...]
    travel: FloatMatrix
    distances: FloatMatrix

    @property
    def technicians(self) -> range:
        """Ids of the technicians, which are those of their homes."""
        return range(1, self.crew + 1)

    @property
    def requests(self) -> range:
        """Ids of the requests."""
        return range(self.crew + 1, len(self.points))


def recognises(text: str) -> bool:
    """Whether the text is an instance of this set."""
    return "CREW COUNT" in text and "DEPOT TECHNICIANS AND REQUESTS" in text


def _numbers(listed: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in re.split(r"[,\s]+", (listed or "").strip()) if number)


def _point(row: re.Match[str]) -> Point:
    x, y, earliest, latest, service = map(float, row[2].split())
    return Point(
        x=x,
        y=y,
        earliest=earliest,
        latest=latest,
        service=service,
        skills=frozenset(_numbers(row[3])),
        tools=frozenset(_numbers(row[4])),
        parts=_numbers(row[5]),
    )


def _points(lines: list[str]) -> Iterator[Point]:
    rows = filter(None, map(_ROW.match, lines))
    for expected, row in enumerate(rows):
        if int(row[1]) != expected:
            raise FormatError(f"trsp point {row[1]} stands where {expected} should")
        yield _point(row)


def _matrix(lines: list[str], title: str, size: int) -> FloatMatrix | None:
    """Read the semicolon-separated section below `title`, without the leading id and what lies behind `size`."""
    if title not in lines:
        return None
    first = lines.index(title) + 1
    rows = [line.rstrip(";").split(";")[1 : size + 1] for line in lines[first : first + size]]
    if len(rows) != size or any(len(row) != size for row in rows):
        raise FormatError(f"trsp section {title} does not cover all {size} points")
    return np.array(rows, dtype=np.float64)


def parse(text: str, name: str) -> Instance:
    """Read an instance; raises `FormatError` when a part of the file is missing."""
    lines = [line.strip() for line in text.splitlines()]
    head = next((at for at, line in enumerate(lines) if line.startswith("CREW COUNT")), None)
    table = next((at for at, line in enumerate(lines) if line.startswith("DEPOT TECHNICIANS")), None)
    if head is None or table is None:
        raise FormatError("trsp instance lacks CREW COUNT or DEPOT TECHNICIANS AND REQUESTS")
    points = tuple(_points(lines[table:]))
    crew = int(lines[head + 1].split()[0])
    if len(points) <= crew:
        raise FormatError(f"trsp instance has {len(points)} points for a crew of {crew}")
    straight = euclidean(np.array([(point.x, point.y) for point in points]))
    distances = _matrix(lines, "DISTANCES", len(points))
    travel = _matrix(lines, "TRAVEL TIMES", len(points))
    return Instance(
        name=name,
        crew=crew,
        points=points,
        travel=straight if travel is None else travel,
        distances=straight if distances is None else distances,
    )


def parse_release_dates(text: str) -> dict[int, float]:
    """Read when each request becomes known, from a file of dynamic requests; -1 is before the day."""
    rows = (line.split() for line in text.splitlines())
    numeric = [row for row in rows if len(row) == 2 and row[0].isdigit()]
    return {int(request): float(release) for request, release in numeric[1:]}
