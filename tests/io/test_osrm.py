"""OSRM over HTTP, against a real server in a thread."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from scheduler.domain.errors import InvalidInput
from scheduler.domain.travel import Place
from scheduler.io.osrm import Osrm, RoutingFailed
from scheduler.io.travel_cache import TravelCache

ISLAND = 30.9


class Server(ThreadingHTTPServer):
    """Answers like `osrm-routed`: ten seconds a hundredth of a degree; nothing leads to or from the island."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[int, int, int]] = []
        self.limit = 100
        self.answer: tuple[int, bytes] | None = None
        self.distances = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        spots = [tuple(map(float, spot.split(","))) for spot in parts.path.split("/")[-1].split(";")]
        query = parse_qs(parts.query)
        rows, columns = ([int(n) for n in query[name][0].split(";")] for name in ("sources", "destinations"))
        self.server.asked.append((len(spots), len(rows), len(columns)))
        if self.server.answer:
            return self.say(*self.server.answer)
        if len(spots) > self.server.limit:
            return self.say(400, b'{"code": "TooBig", "message": "Too many table coordinates"}')
        table = [[self.seconds(spots[a], spots[b]) for b in columns] for a in rows]
        metres = [[None if v is None else v * 10 for v in row] for row in table]
        self.say(
            200,
            json.dumps(
                {"code": "Ok", "durations": table} | ({"distances": metres} if self.server.distances else {})
            ).encode(),
        )

    def seconds(self, a: Any, b: Any) -> float | None:
        if a != b and ISLAND in (a[0], b[0]):
            return None
        return round(abs(a[0] - b[0]) * 1000 + (1.0 if a[0] > b[0] else 0.0), 1)

    def say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def places(*longitudes: float) -> list[Place]:
    return [Place(id=f"p{n}", latitude=50.0, longitude=east) for n, east in enumerate(longitudes)]


def test_a_matrix_is_what_the_server_says_in_both_directions(server: Server) -> None:
    times = Osrm(server.url).matrix(places(30.0, 30.1, 30.3))
    assert times.unreachable == ()
    assert times.matrix.places == ("p0", "p1", "p2")
    assert times.matrix.seconds.tolist() == [[0, 100, 300], [101, 0, 200], [301, 201, 0]]
    assert times.matrix.metres is not None and times.matrix.metres[1, 0] == 1010


def test_what_cannot_be_reached_is_nan_and_listed(server: Server) -> None:
    times = Osrm(server.url).matrix(places(30.0, ISLAND))
    assert times.unreachable == (("p0", "p1"), ("p1", "p0"))
    assert np.isnan(times.matrix.seconds).tolist() == [[False, True], [True, False]]


def test_large_tables_are_asked_in_blocks_within_the_limit(server: Server) -> None:
    server.limit = 4
    every = [30.0 + n / 100 for n in range(9)]
    times = Osrm(server.url, most_coordinates=4).matrix(places(*every))
    whole = Osrm(server.url, most_coordinates=100)
    server.limit = 100
    assert times.matrix == whole.matrix(places(*every)).matrix
    assert max(asked for asked, _, _ in server.asked[:-1]) <= 4


def test_what_is_known_is_not_asked_again_even_by_another_process(server: Server, tmp_path: Path) -> None:
    with TravelCache(tmp_path / "travel.sqlite") as cache:
        first = Osrm(server.url, cache=cache).matrix(places(30.0, 30.1, ISLAND))
    asked = len(server.asked)
    with TravelCache(tmp_path / "travel.sqlite") as cache:
        again = Osrm(server.url, cache=cache)
        assert again.matrix(places(30.0, 30.1, ISLAND)) == first
        assert len(server.asked) == asked
        again.matrix(places(30.0, 30.1, 30.2))
        assert len(server.asked) == asked + 1
        Osrm(server.url, profile="cycling", cache=cache).matrix(places(30.0, 30.1))
        assert len(server.asked) == asked + 2


def test_two_places_at_one_spot_are_no_drive_apart(server: Server) -> None:
    times = Osrm(server.url).matrix(places(30.0, 30.0))
    assert times.matrix.seconds.tolist() == [[0, 0], [0, 0]] and server.asked == []


def test_no_places_are_an_empty_matrix(server: Server) -> None:
    assert Osrm(server.url).matrix([]).matrix.places == ()


def test_a_server_without_distances_gives_no_metres(server: Server) -> None:
    server.distances = False
    assert Osrm(server.url).matrix(places(30.0, 30.1)).matrix.metres is None


@pytest.mark.parametrize(
    "status, body, says",
    [
        (400, b'{"code": "TooBig", "message": "Too many table coordinates"}', "TooBig: Too many"),
        (200, b'{"code": "NoTable"}', "NoTable"),
        (502, b"<html>bad gateway</html>", "status 502"),
        (200, b"[]", "200"),
        (200, b'{"code": "Ok"}', "'durations' is not a table"),
        (200, b'{"code": "Ok", "durations": [[0]]}', "'durations' is not a table"),
        (200, b'{"code": "Ok", "durations": [[0, -1], [1, 0]]}', "'durations' is not a table"),
        (200, b'{"code": "Ok", "durations": [[0, "x"], [1, 0]]}', "'durations' is not a table"),
    ],
)
def test_a_bad_answer_is_said(server: Server, status: int, body: bytes, says: str) -> None:
    server.answer = (status, body)
    with pytest.raises(RoutingFailed, match=says):
        Osrm(server.url).matrix(places(30.0, 30.1))


def test_no_server_is_said() -> None:
    with pytest.raises(RoutingFailed, match=r"127\.0\.0\.1:9"):
        Osrm("http://127.0.0.1:9", timeout=2).matrix(places(30.0, 30.1))


def test_places_without_coordinates_are_all_named(server: Server) -> None:
    with pytest.raises(InvalidInput) as caught:
        Osrm(server.url).matrix([*places(30.0), Place(id="x"), Place(id="y")])
    assert len(caught.value.faults) == 2


def test_a_limit_that_can_hold_no_pair_is_refused() -> None:
    with pytest.raises(ValueError):
        Osrm("http://localhost", most_coordinates=1)
