"""The trsp set's published solution format: `<1,83,126|2,121,127||...>`, one part per technician.

A part runs from the technician's home over requests to the copy of the home; the parts of technicians who stay at home
may be empty. With K technicians the ids behind the requests are K copies of the homes, then K copies of the depot:
technician k restocks at the k-th of the latter.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.sets.base import FormatError
from benchmarks.sets.trsp.reader import Instance

DEPOT = 0


@dataclass(frozen=True)
class Solution:
    """Stops by technician, between home and home: requests, and `DEPOT` for the restocking stop."""

    crew: int
    requests: int
    routes: Mapping[int, tuple[int, ...]]


def _route(part: str, crew: int, requests: int) -> tuple[int, tuple[int, ...]]:
    who, *stops = (int(number) for number in part.split(","))
    copies = crew + requests
    if not 1 <= who <= crew or not stops or stops.pop() != copies + who:
        raise FormatError(f"trsp route {part} does not lead from a technician's home back to its copy")
    restock = copies + crew + who
    route = tuple(DEPOT if stop == restock else stop for stop in stops)
    if any(stop != DEPOT and not crew < stop <= copies for stop in route):
        raise FormatError(f"trsp route {part} visits what is neither a request nor the technician's copy of the depot")
    return who, route


def read_solution(text: str, instance: Instance) -> Solution:
    """Read a solution; raises `FormatError` when a route does not fit the instance."""
    crew, requests = instance.crew, len(instance.requests)
    body = text.strip().removeprefix("<").removesuffix(">")
    pairs = [_route(part, crew, requests) for part in body.split("|") if part.strip()]
    if len(dict(pairs)) != len(pairs):
        raise FormatError("trsp solution has two routes for one technician")
    return Solution(crew, requests, dict(pairs))


def write_solution(solution: Solution) -> str:
    """Write the published format."""
    copies = solution.crew + solution.requests
    parts = []
    for who in range(1, solution.crew + 1):
        stops = solution.routes.get(who)
        if stops is None:
            parts.append("")
            continue
        restock = copies + solution.crew + who
        ids = [who, *(restock if stop == DEPOT else stop for stop in stops), copies + who]
        parts.append(",".join(map(str, ids)))
    return f"<{'|'.join(parts)}>"
