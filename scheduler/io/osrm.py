"""Travel times of a road network, from an OSRM server's `/table` over HTTP."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.domain.errors import Fault, FieldplanError, InvalidInput
from scheduler.domain.travel import Matrix, Place
from scheduler.io.travel_cache import Leg, Pair, TravelCache

if TYPE_CHECKING:
    import httpx

MOST_COORDINATES = 100
"""What `osrm-routed` allows in one table by default (`--max-table-size`)."""


class RoutingFailed(FieldplanError):
    """The routing server could not be asked, or did not answer the question."""


@dataclass(frozen=True)
class RoadTimes:
    """A matrix, and the pairs in it that can't be travelled (NaN in the matrix)."""

    matrix: Matrix
    unreachable: tuple[Pair, ...]


class Osrm:
    """A server's `/table` service for one profile.

    Parameters
    ----------
    url
        Where the server is, such as `http://localhost:5000`.
    profile
        The profile in the request's path; it is not the profile of the problem's technicians.
    cache
        What was asked before; in memory when not given. One cache serves several servers and profiles.
    most_coordinates
        How many coordinates the server takes in one request; larger matrices are put together from blocks.
    client
        An httpx client, for proxies, certificates or authentication.
    """

    def __init__(
        self,
        url: str,
        *,
        profile: str = "driving",
        cache: TravelCache | None = None,
        most_coordinates: int = MOST_COORDINATES,
        timeout: float = 60.0,
        client: "httpx.Client | None" = None,
    ) -> None:
        if most_coordinates < 2:
            raise ValueError("most_coordinates is less than 2; a table needs a start and an end")
        self._address = f"{url.rstrip('/')}/table/v1/{profile}"
        self._cache = cache or TravelCache()
        self._block = most_coordinates // 2
        self._timeout, self._client = timeout, client

    def matrix(self, places: Sequence[Place]) -> RoadTimes:
        """Seconds and metres between all of the places.

        Raises InvalidInput for places without coordinates and RoutingFailed when the server does not answer.
        """
        spots = _spots(places)
        legs = self._legs(sorted(set(spots)))
        rows = [[legs[start, end] for end in spots] for start in spots]
        seconds = np.array([[_number(leg.seconds) for leg in row] for row in rows], dtype=np.float64)
        metres = np.array([[_number(leg.metres) for leg in row] for row in rows], dtype=np.float64)
        ids = tuple(place.id for place in places)
        told = not np.any(np.isnan(metres) & ~np.isnan(seconds))
        matrix = Matrix(
            places=ids,
            seconds=seconds.reshape(len(ids), len(ids)),
            metres=metres.reshape(len(ids), len(ids)) if told else None,
        )
        lost = np.argwhere(np.isnan(matrix.seconds))
        return RoadTimes(matrix, tuple((ids[int(a)], ids[int(b)]) for a, b in lost))

    def _legs(self, spots: list[str]) -> dict[Pair, Leg]:
        """Every drive: from the cache, and what is not there from the server."""
        legs = {(spot, spot): Leg(0.0, 0.0) for spot in spots}
        for start in spots:
            known = self._cache.known(self._address, start)
            legs |= {(start, end): known[end] for end in spots if end != start and end in known}
        for starts, ends in self._blocks(spots, legs):
            found = self._ask(starts, ends)
            self._cache.keep(self._address, found.items())
            legs = {**found, **legs}
        return legs

    def _blocks(self, spots: list[str], legs: dict[Pair, Leg]) -> Iterator[tuple[list[str], list[str]]]:
        pieces = [spots[n : n + self._block] for n in range(0, len(spots), self._block)]
        for left in pieces:
            for right in pieces:
                starts = [a for a in left if any((a, b) not in legs for b in right)]
                ends = [b for b in right if any((a, b) not in legs for a in left)]
                if starts:
                    yield starts, ends

    def _ask(self, starts: list[str], ends: list[str]) -> dict[Pair, Leg]:
        spots = list(dict.fromkeys([*starts, *ends]))
        index = {spot: str(n) for n, spot in enumerate(spots)}
        question = {
            "sources": ";".join(index[spot] for spot in starts),
            "destinations": ";".join(index[spot] for spot in ends),
            "annotations": "duration,distance",
        }
        answer = self._get(f"{self._address}/{';'.join(spots)}", question)
        seconds = _table(answer, "durations", len(starts), len(ends))
        metres = _table(answer, "distances", len(starts), len(ends)) if answer.get("distances") else None
        return {
            (a, b): Leg(seconds[n][k], metres[n][k] if metres else None)
            for n, a in enumerate(starts)
            for k, b in enumerate(ends)
        }

    def _get(self, address: str, question: dict[str, str]) -> dict[str, Any]:
        import httpx

        get = self._client.get if self._client is not None else httpx.get
        try:
            response = get(address, params=question, timeout=self._timeout)
            answer = response.json()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RoutingFailed(f"{self._address}: {error or type(error).__name__}") from error
        except ValueError as error:
            raise RoutingFailed(f"{self._address}: status {response.status_code}, and no JSON") from error
        if not isinstance(answer, dict) or answer.get("code") != "Ok":
            told = answer if isinstance(answer, dict) else {}
            raise RoutingFailed(f"{self._address}: {told.get('code', response.status_code)}: {told.get('message', '')}")
        return answer


def _spots(places: Sequence[Place]) -> list[str]:
    """The places as OSRM writes coordinates: longitude first, six decimals (0.1 m)."""
    faults = [
        Fault(f"places[{n}]", f"place {place.id!r} has no coordinates; a routing server needs them")
        for n, place in enumerate(places)
        if place.latitude is None or place.longitude is None
    ]
    if faults:
        raise InvalidInput(tuple(faults))
    return [f"{place.longitude:.6f},{place.latitude:.6f}" for place in places]


def _table(answer: dict[str, Any], name: str, rows: int, columns: int) -> list[list[float | None]]:
    """A table of the answer, once it has the shape that was asked for and holds times or nothing."""
    table = answer.get(name)
    if not isinstance(table, list) or len(table) != rows or not all(_is_row(row, columns) for row in table):
        raise RoutingFailed(f"the server's {name!r} is not a table of {rows} x {columns} numbers")
    return table


def _is_row(row: Any, columns: int) -> bool:
    return isinstance(row, list) and len(row) == columns and all(v is None or _is_length(v) for v in row)


def _is_length(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value >= 0


def _number(value: float | None) -> float:
    return math.nan if value is None else value
