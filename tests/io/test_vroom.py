"""VROOM's JSON: what its words mean here, and what has no word."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.domain.errors import InvalidInput
from scheduler.domain.goal import Term
from scheduler.domain.plan import Booking, BookingKey, BreakTaken, DayRoute, Plan, Reason, Unscheduled
from scheduler.io.vroom.read import read_problem, to_problem
from scheduler.io.vroom.write import answer, write_vroom

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MATRIX = [[0, 2104, 197, 1299], [2103, 0, 2255, 3152], [197, 2256, 0, 1102], [1299, 3153, 1102, 0]]


def at(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def request(vehicle: dict[str, Any] | None = None, job: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """VROOM's own second example, with further words."""
    return {
        "vehicles": [{"id": 0, "start_index": 0, "end_index": 3, **(vehicle or {})}],
        "jobs": [{"id": 1414, "location_index": 1, **(job or {})}, {"id": 1515, "location_index": 2}],
        "matrices": {"car": {"durations": MATRIX}},
        **more,
    }


def faults(given: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        to_problem(given)
    return {fault.path: fault.message for fault in caught.value.faults}


def test_a_request_with_a_matrix_is_a_problem() -> None:
    problem = to_problem(request())
    assert [a.id for a in problem.activities] == ["1414", "1515"]
    assert (problem.technicians[0].start_place, problem.technicians[0].end_place) == ("0", "3")
    assert problem.travel.matrices["car"].seconds.tolist() == MATRIX
    assert problem.horizon.start == EPOCH


def test_every_word_is_carried_over() -> None:
    vehicle = {
        "description": "van",
        "capacity": [4, 2],
        "skills": [1, 14],
        "time_window": [28800, 61200],
        "speed_factor": 1.5,
        "max_tasks": 5,
        "costs": {"fixed": 100, "per_hour": 1800, "per_km": 2},
        "breaks": [{"id": 7, "service": 1800, "time_windows": [[43200, 46800]]}],
    }
    job = {
        "description": "fix",
        "service": 300,
        "setup": 60,
        "delivery": [1, 0],
        "skills": [14],
        "priority": 9,
        "time_windows": [[30000, 36000], [50000, 60000]],
    }
    problem = to_problem(request(vehicle, job))
    (van,), first = problem.technicians, problem.activities[0]
    assert (van.name, van.capacity, van.travel_speed, van.max_activities_per_day) == ("van", {"0": 4, "1": 2}, 1.5, 5)
    assert {s.skill for s in van.skills} == {"1", "14"} and (van.cost_per_day, van.cost_per_km) == (100, 2)
    assert van.working_hours.shifts[0].start == at(28800)
    (pause,) = van.breaks
    assert pause.id == "7" and pause.duration == timedelta(minutes=30)
    assert (pause.window.start.isoformat(), pause.window.end.isoformat()) == ("12:00:00", "13:30:00")
    assert (first.name, first.duration, first.load) == ("fix", timedelta(seconds=360), {"0": 1.0})
    assert [(w.start, w.end) for w in first.start_windows] == [(at(30000), at(36000)), (at(50000), at(60000))]
    assert first.requirements[0].skills[0].skill == "14"
    assert first.price_of_leaving_out > 9 * problem.activities[1].price_of_leaving_out
    weights = {term: (level, weight) for term, level, weight in problem.goal}
    assert weights == {
        Term.UNSCHEDULED: (0, 1),
        Term.TRAVEL_TIME: (1, 30),
        Term.TRAVEL_COST: (1, 1),
        Term.LABOUR_COST: (1, 1),
    }


def test_coordinates_become_places_on_great_circles() -> None:
    given = {"vehicles": [{"id": 1, "start": [2.35, 48.7]}], "jobs": [{"id": 1, "location": [1.98, 48.6]}]}
    problem = to_problem(given)
    assert problem.technicians[0].end_place is None
    assert {(p.longitude, p.latitude) for p in problem.places} == {(2.35, 48.7), (1.98, 48.6)}


def test_a_priority_outweighs_any_number_of_jobs_without() -> None:
    jobs = [{"id": n, "location_index": 1, "priority": int(n == 0)} for n in range(50)]
    problem = to_problem(request(jobs=jobs))
    assert problem.activity["0"].price_of_leaving_out > sum(
        problem.activity[str(n)].price_of_leaving_out for n in range(1, 50)
    )


@pytest.mark.parametrize(
    "given, path",
    [
        (request(shipments=[{"pickup": {}}]), "shipments"),
        (request({"steps": [{"type": "start"}]}), "vehicles[0].steps"),
        (request({"max_travel_time": 3600}), "vehicles[0].max_travel_time"),
        (request({"max_distance": 3600}), "vehicles[0].max_distance"),
        (request({"costs": {"per_task_hour": 3}}), "vehicles[0].costs.per_task_hour"),
        (request({"type": "bike"}), "vehicles[0].type"),
        (request({"breaks": [{"id": 1, "time_windows": [[0, 9]], "max_load": [1]}]}), "vehicles[0].breaks[0].max_load"),
        (request({"breaks": [{"id": 1, "time_windows": [[0, 9], [20, 30]]}]}), "vehicles[0].breaks[0].time_windows"),
        (request({"breaks": [{"id": 1, "time_windows": [[0, 9]]}]}), "vehicles[0].breaks[0]"),
        (request({"time_window": [9, 9]}), "vehicles[0].time_window"),
        (request({"start_index": 4}), "vehicles[0].start_index"),
        (request(job={"service_per_type": {"bike": 3}}), "jobs[0].service_per_type"),
        (request(job={"colour": "red"}), "jobs[0].colour"),
        (request(job={"time_windows": [[5, 5]]}), "jobs[0].time_windows[0]"),
        (request(job={"location_index": None}), "jobs[0].location"),
        (request(job={"setup": 5, "location_index": 2}), "jobs[0].setup"),
        (request({"capacity": [3]}, {"delivery": [1], "pickup": [1]}), "jobs"),
        (request(matrices={"car": {"durations": MATRIX, "costs": MATRIX}}), "matrices.car.costs"),
        (request(matrices={"car": {"distances": MATRIX}}), "matrices.car.durations"),
        (request(vehicles=[]), "vehicles"),
        (request(jobs=[3]), "jobs[0]"),
        ([], ""),
    ],
)
def test_what_has_no_word_or_contradicts_itself_is_a_named_fault(given: Any, path: str) -> None:
    assert path in faults(given)


def test_prices_of_an_hour_that_differ_have_no_word() -> None:
    two = [{"id": 0, "start_index": 0}, {"id": 1, "start_index": 0, "costs": {"per_hour": 9}}]
    assert "vehicles" in faults(request(vehicles=two))


def test_all_faults_come_at_once() -> None:
    assert len(faults(request({"type": "x", "steps": [1]}, {"colour": 1}, shipments=[1]))) == 4


@pytest.mark.parametrize("text", ["", "{", "[[", "[" * 100_000])
def test_text_that_is_no_json_is_a_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InvalidInput):
        read_problem(tmp_path / "x.json")


def test_the_answer_is_what_vroom_says_of_the_same_plan(tmp_path: Path) -> None:
    """VROOM's own answer to its second example: 5461 s, arrivals at 0, 2104, 4359, 5461."""
    problem = to_problem(request())
    bookings = tuple(
        Booking(activity=a, requirement="technician", resource="0", start=at(s), end=at(s))
        for a, s in (("1414", 2104), ("1515", 4359))
    )
    route = DayRoute(
        resource="0", day=EPOCH.date(), departure=at(0), arrival=at(5461), bookings=tuple(b.key for b in bookings)
    )
    told = answer(problem, Plan(bookings=bookings, routes=(route,)))
    assert told["code"] == 0
    assert {k: told["summary"][k] for k in ("cost", "routes", "unassigned", "service", "duration", "waiting_time")} == {
        "cost": 5461,
        "routes": 1,
        "unassigned": 0,
        "service": 0,
        "duration": 5461,
        "waiting_time": 0,
    }
    (only,) = told["routes"]
    assert only["vehicle"] == 0
    assert [(s["type"], s.get("job"), s["location_index"], s["arrival"], s["duration"]) for s in only["steps"]] == [
        ("start", None, 0, 0, 0),
        ("job", 1414, 1, 2104, 2104),
        ("job", 1515, 2, 4359, 4359),
        ("end", None, 3, 5461, 5461),
    ]
    write_vroom(problem, Plan(), tmp_path / "v.json")
    assert json.loads((tmp_path / "v.json").read_text())["routes"] == []


def test_waiting_breaks_and_what_is_left_out_are_told() -> None:
    problem = to_problem(
        request({"time_window": [0, 40000], "breaks": [{"id": 1, "service": 600, "time_windows": [[0, 1000]]}]})
    )
    one = Booking(activity="1414", requirement="technician", resource="0", start=at(5000), end=at(5000))
    route = DayRoute(
        resource="0",
        day=EPOCH.date(),
        departure=at(0),
        arrival=at(9000),
        bookings=(BookingKey("1414", "technician"),),
        breaks=(BreakTaken(id="1", start=at(500), end=at(1100)),),
    )
    left = Unscheduled(activity="1515", reasons=(Reason(rule="x", text="y"),))
    told = answer(problem, Plan(bookings=(one,), routes=(route,), unscheduled=(left,)))
    steps = told["routes"][0]["steps"]
    assert [s["type"] for s in steps] == ["start", "break", "job", "end"]
    assert (steps[1]["arrival"], steps[1]["service"]) == (500, 600)
    assert (steps[2]["arrival"], steps[2]["waiting_time"]) == (1100 + 2104, 5000 - 3204)
    assert told["unassigned"] == [{"id": 1515, "type": "job", "location_index": 2}]
