"""Both judges say the same of small solutions, good and bad, and a solution survives the way to a plan and back."""

import json
from typing import Any

import pytest

from benchmarks.judge import Judgement, judge
from benchmarks.sets.base import AnySet
from benchmarks.sets.hhcrsp import HHCRSP
from benchmarks.sets.rich_vrptw import RICH_VRPTW
from benchmarks.sets.trsp import TRSP
from benchmarks.sets.uhhc import UHHC
from benchmarks.sets.vrptw import VRPTW, VRPTW_DISTANCE
from tests.benchmarks.tiny import (
    CARE,
    LINE,
    OFFICE,
    ROUTED,
    SOLOMON,
    STOPS,
    care,
    care_text,
    two_depots,
    visits,
    vrplib,
)

PRIZES = vrplib(
    "PCVRPTW",
    "VEHICLES: 1\nCAPACITY: 9\nSERVICE_TIME: 0",
    "PRIZE_SECTION\n1 0\n2 3\n3 4\n4 5\nDEPOT_SECTION\n1\n-1",
)
ALLOWED = vrplib(
    "SDVRPTW",
    "VEHICLES: 2\nSERVICE_TIME: 0",
    "CAPACITY_SECTION\n1 3\n2 3\nVEHICLES_ALLOWED_CLIENTS_SECTION\n1 2 3\n2 4",
)
LOOSE = SOLOMON.replace("10          1", "50          1").replace("10          0", "50          0")
HARD = {"total_tardiness": "HARD", "total_extra_time": "HARD", "total_waiting_time": 1, "workload_balance": 1}
Stops = dict[str, list[tuple[str, str, int, int]]]


def judged(benchmark: AnySet, text: str, solution_text: str) -> Judgement:
    """Judge a solution; one without a breach must be the same after the way to a plan and back."""
    instance = benchmark.parse(text, "tiny")
    solution = benchmark.read_solution(solution_text, instance)
    plan = benchmark.to_plan(instance, solution)
    found = judge(benchmark, instance, solution, plan, benchmark.to_problem(instance))
    if found.agrees:
        back = benchmark.from_plan(instance, plan)
        assert benchmark.score(instance, back).objective == pytest.approx(found.score.objective, abs=0.01)
        again = benchmark.to_plan(instance, back)
        assert {b.key: b for b in again.bookings} == {b.key: b for b in plan.bookings}
    return found


@pytest.mark.parametrize(
    ("benchmark", "text", "solution"),
    [
        (UHHC, care(), care_text(STOPS)),
        (HHCRSP, OFFICE, visits(42)),
        (TRSP, LINE, "<1,8,3,4,6|2,5,7>"),
        (TRSP, LINE, "<|2,5,7>"),
        (VRPTW, LOOSE, ROUTED),
        (VRPTW_DISTANCE, LOOSE, ROUTED),
        (RICH_VRPTW, two_depots(8), "Route #1: 2\nRoute #2: 3\n"),
        (RICH_VRPTW, PRIZES, "Route #1: 1\n"),
        (RICH_VRPTW, ALLOWED, "Route #1: 1 2\nRoute #2: 3\n"),
    ],
    ids=lambda value: value.name if hasattr(value, "name") else "",
)
def test_both_judges_agree_on_good_solutions(benchmark: AnySet, text: str, solution: str) -> None:
    found = judged(benchmark, text, solution)
    assert found.agrees, (found.score.violations, found.verdict.breaches, found.differences)


@pytest.mark.parametrize(
    ("benchmark", "text", "solution", "rule"),
    [
        (HHCRSP, OFFICE, visits(43), "team"),
        (TRSP, LINE, "<1,3,4,6|2,5,7>", "tools-and-parts"),
        (TRSP, LINE, "<1,5,6|>", "skill-match"),
        (TRSP, LINE, "<1,5,6|>", "start-window"),
        (VRPTW, LOOSE.replace("         4 ", "         5 "), ROUTED, "capacity"),
        (VRPTW, LOOSE, "Route #1: 1\n", "mandatory"),
        (RICH_VRPTW, two_depots(7), "Route #1: 2\nRoute #2: 3\n", "daily-limits"),
        (RICH_VRPTW, two_depots(99), "Route #1: 2 3\n", "capacity"),
        (RICH_VRPTW, ALLOWED, "Route #1: 1 2 3\n", "skill-match"),
    ],
)
def test_both_judges_find_the_breach(benchmark: AnySet, text: str, solution: str, rule: str) -> None:
    found = judged(benchmark, text, solution)
    assert found.score.violations
    assert rule in {breach.rule for breach in found.verdict.breaches}


@pytest.mark.parametrize(
    ("stops", "rule"),
    [
        ({"c1": STOPS["c1"]}, "team"),
        ({"c1": STOPS["c1"][:1]}, "mandatory"),
        (STOPS | {"c2": [("p2", "b", 180, 220)]}, "team"),
        (STOPS | {"c2": [("p2", "b", 190, 231)]}, "service-time"),
        (STOPS | {"c1": [("p1", "a", 5, 25), *STOPS["c1"][1:]]}, "working-hours"),
        (STOPS | {"c1": [*STOPS["c1"][:1], ("p2", "a", 139, 169)]}, "travel-time"),
        (STOPS | {"c1": [*STOPS["c1"], ("p2", "b", 205, 245)], "c2": []}, "team"),
        (STOPS | {"c1": [("p2", "a", 99, 129)]}, "start-window"),
        (STOPS | {"c2": [("p2", "lunch_break", 110, 140), *STOPS["c2"]]}, "breaks"),
    ],
)
def test_both_judges_find_what_is_wrong_with_care(stops: Stops, rule: str) -> None:
    if rule == "breaks":  # a plan can't even name a break that its technician does not have
        with pytest.raises(ValueError, match="not a break"):
            judged(UHHC, care(), care_text(stops))
        return
    found = judged(UHHC, care(), care_text(stops))
    assert found.score.violations
    assert rule in {breach.rule for breach in found.verdict.breaches}


def ended(**changes: Any) -> str:
    """The tiny instance with windows that bind the end, and two of them at p2, whose services differ in length."""
    pair = CARE["patients"][1] | {"time_windows": [{"start": 100, "end": 180}, {"start": 200, "end": 260}]}
    metadata = CARE["metadata"] | {"time_window_met": "at_service_end"} | changes.pop("metadata", {})
    lunch = CARE["lunch_breaks"] | {"end": 180}
    return care({"metadata": metadata, "lunch_breaks": lunch, "patients": [CARE["patients"][0], pair | changes]})


def test_windows_that_bind_the_end_hold_the_whole_service() -> None:
    stops = {"c1": STOPS["c1"], "c2": [("p2", "b", 190, 230)]}
    found = judged(UHHC, ended(), care_text(stops))
    assert found.agrees and found.score.components["total_tardiness"] == 2 * (40 + 25 + 50)


@pytest.mark.parametrize(("second", "agrees"), [(200, True), (230, False)])
def test_hard_windows_that_bind_the_end(second: int, agrees: bool) -> None:
    text = ended(metadata={"cost_components": HARD}, synchronization={"type": "independent"})
    stops = {"c1": [("p1", "a", 10, 30)], "c2": [("p2", "b", second, second + 40)]}
    stops["c1"] += [("p2", "a", 220, 250)]
    found = judged(UHHC, text, care_text(stops))
    assert found.agrees == agrees == (not found.score.violations)


TOUCHING = [{"start": 100, "end": 180}, {"start": 180, "end": 260}]


def test_a_window_that_touches_the_next_one_is_late_from_its_closing() -> None:
    found = judged(UHHC, ended(time_windows=TOUCHING), care_text({"c1": STOPS["c1"], "c2": [("p2", "b", 179, 219)]}))
    assert {b.rule for b in found.verdict.breaches} == {"team"} and not found.differences


@pytest.mark.parametrize(("second", "agrees"), [(175, True), (180, False)])
def test_the_minute_where_hard_windows_touch_belongs_to_the_later_one(second: int, agrees: bool) -> None:
    pair = CARE["patients"][1] | {"time_windows": TOUCHING, "synchronization": {"type": "independent"}}
    metadata = CARE["metadata"] | {"time_window_met": "at_service_start", "cost_components": HARD}
    text = care({"metadata": metadata, "patients": [CARE["patients"][0], pair]})
    stops = {"c1": [("p1", "a", 10, 30), ("p2", "a", 170, 200)], "c2": [("p2", "b", second, second + 40)]}
    found = judged(UHHC, text, care_text(stops))
    assert found.agrees == agrees == (not found.score.violations)


@pytest.mark.parametrize(
    ("lunch", "first", "taken"),
    [(100, 175, (145, 175)), (100, 250, (150, 180)), (100, 300, (150, 180))],
    ids=["before the visit", "before leaving", "long before"],
)
def test_lunch_before_the_first_visit_is_moved_where_it_costs_no_waiting(
    lunch: int, first: int, taken: tuple[int, int]
) -> None:
    stops: Stops = {"c1": [("p2", "lunch_break", lunch, lunch + 30), ("p2", "a", first, first + 30)]}
    stops["c2"] = [("p2", "b", first + 15, first + 55)]
    assert judged(UHHC, care(), care_text(stops)).agrees
    instance = UHHC.parse(care(), "tiny")
    plan = UHHC.to_plan(instance, UHHC.read_solution(care_text(stops), instance))
    [pause] = plan.routes[0].breaks
    assert tuple(moment.hour * 60 + moment.minute for moment in (pause.start, pause.end)) == taken


def test_published_rounding_is_undone_and_no_more() -> None:
    exact = json.loads(OFFICE)
    exact["distances"][1][2] = 11.0004
    good = judged(HHCRSP, json.dumps(exact), visits(42).replace("42", "42.0"))
    assert good.agrees and good.verdict.score.levels[0] == pytest.approx(good.score.cost, abs=0.01)
    exact["distances"][1][2] = 11.5
    bad = judged(HHCRSP, json.dumps(exact), visits(42))
    assert "travel-time" in {breach.rule for breach in bad.verdict.breaches}
