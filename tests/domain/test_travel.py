"""Travel: matrices as given, great circles rounded up, pairs without a way said and not guessed."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.domain.travel import GreatCircle, Matrix, Place, TravelTimes, at_speed

CITIES = {
    name: Place(id=name, latitude=latitude, longitude=longitude)
    for name, latitude, longitude in [
        ("Kyiv", 50.4501, 30.5234),
        ("Berlin", 52.5200, 13.4050),
        ("New York", 40.7128, -74.0060),
        ("London", 51.5074, -0.1278),
        ("Sydney", -33.8688, 151.2093),
        ("Suva", -18.1416, 178.4419),
        ("Apia", -13.8333, -171.7667),
    ]
}
# great-circle kilometres on the mean sphere
KNOWN = [("Kyiv", "Berlin", 1204), ("New York", "London", 5570), ("London", "Sydney", 16994), ("Suva", "Apia", 1150)]
NAN = float("nan")


def times(*matrices: tuple[str, list[list[float | None]]]) -> TravelTimes:
    return TravelTimes(matrices={name: Matrix(places=("a", "b"), seconds=rows) for name, rows in matrices})


def test_a_matrix_is_directed_and_belongs_to_a_profile() -> None:
    given = times(("car", [[0, 60], [120, 0]]), ("foot", [[0, 600], [700, 0]]))
    drives = [given.between({}, *pair, profile) for profile in ("car", "foot") for pair in (("a", "b"), ("b", "a"))]
    assert [drive and drive[0].total_seconds() for drive in drives] == [60, 120, 600, 700]


@pytest.mark.parametrize("nowhere", [None, NAN])
def test_a_pair_without_a_way_is_said(nowhere: float | None) -> None:
    given = times(("car", [[0, nowhere], [120, 0]]))
    assert given.between({}, "a", "b", "car") is None
    seconds, metres = given.tables({}, ["a"], ["a", "b"], "car")
    assert np.isnan(seconds[0, 1]) and np.isnan(metres[0, 1]) and metres[0, 0] == 0


def test_speed_divides_the_duration_and_not_the_distance() -> None:
    matrix = Matrix(places=("a", "b"), seconds=[[0, 60], [60, 0]], metres=[[0, 1500], [1500, 0]])
    given = TravelTimes(matrices={"car": matrix})
    assert given.between({}, "a", "b", "car", speed=2) == (timedelta(seconds=30), 1.5)
    assert at_speed(np.array([1.0]), 3).tolist() == [0.333333]


@pytest.mark.parametrize(("start", "end", "km"), KNOWN)
def test_a_great_circle_has_its_known_length(start: str, end: str, km: float) -> None:
    given = TravelTimes(great_circle=GreatCircle(speed_kmh=60, detour=1, rounding=timedelta(seconds=5)))
    drive = given.between(CITIES, start, end, "default")
    assert drive is not None
    assert drive[1] == pytest.approx(km, rel=0.003)
    exact = drive[1] * 60
    assert 0 <= drive[0].total_seconds() - exact < 5 and drive[0] % timedelta(seconds=5) == timedelta(0)


@pytest.mark.parametrize("speed", [0.5, 1.0, 3.0])
def test_a_great_circle_takes_whole_minutes_at_any_speed(speed: float) -> None:
    drive = TravelTimes().between(CITIES, "Kyiv", "Berlin", "default", speed)
    assert drive is not None and drive[0] % timedelta(minutes=1) == timedelta(0)
    assert 0 <= drive[0].total_seconds() - drive[1] / 50 / speed * 3600 < 60


def test_a_detour_makes_it_longer() -> None:
    straight, winding = (
        TravelTimes(great_circle=GreatCircle(detour=d)).between(CITIES, "Kyiv", "Berlin", "x") for d in (1, 1.5)
    )
    assert straight and winding and winding[1] == pytest.approx(1.5 * straight[1])


coordinates = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(coordinates, coordinates)
def test_great_circles_are_symmetric_and_at_most_half_round_the_earth(one, other) -> None:
    circle = GreatCircle(detour=1)
    there, back = (circle.metres(np.array([a]), np.array([b]))[0, 0] for a, b in ((one, other), (other, one)))
    assert there == pytest.approx(back, abs=1e-3)
    assert 0 <= there <= 20_015_115
    assert circle.metres(np.array([one]), np.array([one]))[0, 0] == 0


def test_a_profile_without_a_matrix_is_not_guessed_when_great_circles_are_off() -> None:
    with pytest.raises(KeyError):
        TravelTimes(great_circle=None).between(CITIES, "Kyiv", "Berlin", "default")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"seconds": [[0, 1]]}, "square"),
        ({"seconds": [[0, 1], [1]]}, "not a table of numbers"),
        ({"seconds": {}}, "not a table of numbers"),
        ({"seconds": [["x", 1], [1, 0]]}, "not a table of numbers"),
        ({"seconds": [[0, -1], [1, 0]]}, "use null"),
        ({"seconds": [[0, float("inf")], [1, 0]]}, "use null"),
        ({"seconds": [[0]]}, "a row and a column for each place"),
        ({"seconds": [[0, 1], [1, 0]], "metres": [[0, None], [1, 0]]}, "both or neither"),
        ({"seconds": [[0, 1], [1, 0]], "places": ["a", "a"]}, "twice"),
    ],
)
def test_a_bad_matrix_is_refused_with_the_fix(fields: dict, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Matrix(**{"places": ("a", "b"), **fields})


def test_matrices_are_equal_by_content_and_read_only() -> None:
    rows = [[0, NAN], [1, 0]]
    lengths = [[0, NAN], [5, 0]]
    one, other = (Matrix(places=("a", "b"), seconds=rows, metres=lengths) for _ in range(2))
    assert one == other != Matrix(places=("a", "b"), seconds=rows)
    assert one != Matrix(places=("a", "b"), seconds=rows, metres=[[0, NAN], [6, 0]])
    assert Matrix.model_validate_json(one.model_dump_json()) == one
    with pytest.raises(ValueError, match="read-only"):
        one.seconds[0, 0] = 1


def test_the_callers_array_is_copied() -> None:
    table = np.zeros((2, 2))
    matrix = Matrix(places=("a", "b"), seconds=table)
    table[0, 1] = 7
    assert matrix.seconds[0, 1] == 0
