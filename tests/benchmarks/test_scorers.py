"""Scorers on instances small enough to check by hand: each term, and each hard rule by name."""

import pytest

from benchmarks.sets.base import FormatError, shortest_shift
from benchmarks.sets.hhcrsp import HHCRSP
from benchmarks.sets.rich_vrptw import RICH_VRPTW
from benchmarks.sets.trsp import DEPOT, TRSP
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

# --- uhhc: depot, a single patient p1, a sequential pair p2; everybody 10 minutes apart -----------------------------


def test_uhhc_terms() -> None:
    instance = UHHC.parse(care(), "tiny")
    score = UHHC.score(instance, UHHC.read_solution(care_text(STOPS), instance))
    assert not score.violations
    assert score.components == {
        "travel_time": 30 + 20,
        "total_tardiness": 2 * (20 + 10),
        "highest_tardiness": 3 * 20,
        "total_waiting_time": 5 * 5,
        "total_extra_time": 0,
        "max_idle_time": 11 * (180 + 60),
        "caregiver_preferences": 13,
        "optional_patients": 0,
        "missed_lunch_break": 0,
    }
    assert score.cost == sum(score.components.values())


def test_uhhc_written_and_read_again_is_the_same() -> None:
    instance = UHHC.parse(care(), "tiny")
    solution = UHHC.read_solution(care_text(STOPS), instance)
    assert UHHC.read_solution(UHHC.write_solution(solution), instance) == solution


def test_uhhc_lunch_first_is_no_waiting_and_later_service_idle() -> None:
    first, second = CARE["caregivers"]
    short = second | {"working_shift": {"start": 0, "end": 250}}
    instance = UHHC.parse(care({"caregivers": [first, short]}), "tiny")
    stops = {"c1": [("p2", "lunch_break", 100, 130), ("p2", "a", 175, 205)], "c2": STOPS["c2"]}
    score = UHHC.score(instance, UHHC.read_solution(care_text(stops), instance))
    assert not score.violations and score.unscheduled == 1
    assert score.components["total_waiting_time"] == 0
    assert score.components["max_idle_time"] == 11 * (90 + 45 + 85)  # before and after lunch, and at the end
    assert score.components["optional_patients"] == 100


def test_uhhc_bazirha_departs_at_shift_start_and_balances() -> None:
    metadata = CARE["metadata"] | {
        "origin": "bazirha-caie",
        "cost_components": {"total_tardiness": "HARD", "total_waiting_time": 1, "workload_balance": 1},
    }
    instance = UHHC.parse(care({"metadata": metadata}), "tiny")
    stops = {"c1": [("p2", "a", 130, 160)], "c2": [("p2", "b", 141, 181)]}
    score = UHHC.score(instance, UHHC.read_solution(care_text(stops), instance))
    assert not score.violations
    # Workloads are 50 and 60: both deviate by 5 from the mean.
    assert score.components == {"total_tardiness": 0, "total_waiting_time": 120 + 131, "workload_balance": 10}


@pytest.mark.parametrize(
    ("stops", "breach"),
    [
        ({"c1": STOPS["c1"]}, "p2 needs b once and gets it 0 times"),
        ({"c1": STOPS["c1"][:1]}, "p2 is not optional and not visited"),
        (STOPS | {"c2": [("p2", "b", 180, 220)]}, "the starts at p2 are 5 apart, not 10 to 60"),
        (STOPS | {"c2": [("p2", "b", 190, 231)]}, "b at p2 lasts 40, not 41"),
        (STOPS | {"c2": [*STOPS["c2"], ("p1", "a", 240, 260)]}, "c2 lacks the ability a for p1"),
        (STOPS | {"c1": [("p1", "a", 5, 25), *STOPS["c1"][1:]]}, "c1 cannot reach p1 by 5, leaving at 0"),
        (STOPS | {"c1": [*STOPS["c1"], ("p2", "b", 205, 245)], "c2": []}, "one caregiver gives several services to p2"),
        (STOPS | {"c1": [("p2", "a", 99, 129)]}, "p2 is visited before the first window opens"),
        (STOPS | {"c2": [("p2", "lunch_break", 100, 130), *STOPS["c2"]]}, "c2 has no lunch break to take"),
        (STOPS | {"c1": [("p2", "lunch_break", 80, 110), STOPS["c1"][2]]}, "c1 has lunch from 80 to 110, outside"),
        (STOPS | {"c1": [("p2", "lunch_break", 100, 120), STOPS["c1"][2]]}, "c1 has lunch for 20 minutes only"),
    ],
)
def test_uhhc_breaches(stops: dict[str, list[tuple[str, str, int, int]]], breach: str) -> None:
    instance = UHHC.parse(care(), "tiny")
    violations = UHHC.score(instance, UHHC.read_solution(care_text(stops), instance)).violations
    assert any(violation.startswith(breach) for violation in violations), violations


def test_uhhc_lunch_may_end_late_when_starts_meet_windows() -> None:
    def violations(met: str) -> tuple[str, ...]:
        instance = UHHC.parse(care({"metadata": CARE["metadata"] | {"time_window_met": met}}), "tiny")
        return UHHC.score(instance, UHHC.read_solution(care_text(STOPS), instance)).violations

    assert violations("at_service_start") == ()
    assert violations("at_service_end") == ("c1 has lunch from 145 to 175, outside 90 to 150",)


def test_uhhc_refuses_unknown_names() -> None:
    with pytest.raises(FormatError, match="nobody"):
        UHHC.read_solution(care_text({"nobody": []}), UHHC.parse(care(), "tiny"))


# --- hhcrsp: one single and one simultaneous visit -------------------------------------------------------------------


def test_hhcrsp_terms() -> None:
    instance = HHCRSP.parse(OFFICE, "tiny")
    score = HHCRSP.score(instance, HHCRSP.read_solution(visits(42), instance))
    # The window's end 39.99999999999999 is truncated: both services at 42 are 3 late.
    assert score.components == {"distance_traveled": 26 + 10 + 5 + 4 + 5, "total_tardiness": 12, "max_tardiness": 6}
    assert score.cost == pytest.approx(68 / 3)
    assert score.feasible


def test_hhcrsp_simultaneous_means_together() -> None:
    instance = HHCRSP.parse(OFFICE, "tiny")
    score = HHCRSP.score(instance, HHCRSP.read_solution(visits(43), instance))
    assert score.violations == ("the starts at p2 are 1.000 apart, not 0 to 0",)


# --- trsp: a depot, two technicians on a line, three requests --------------------------------------------------------


def test_trsp_restocking_gives_tools_and_parts() -> None:
    instance = TRSP.parse(LINE, "tiny")
    # Ids: 6, 7 are the homes again, 8, 9 the depot for technicians 1 and 2.
    solution = TRSP.read_solution("<1,8,3,4,6|2,5,7>", instance)
    assert solution.routes == {1: (DEPOT, 3, 4), 2: (5,)}
    assert TRSP.write_solution(solution) == "<1,8,3,4,6|2,5,7>"
    score = TRSP.score(instance, solution)
    assert score.feasible and score.objective == (0, score.cost)
    # Technician 1 starts at 40, the latest, waits till 50, and is back at 67; technician 2 works 2 + 5 + 2.
    assert score.components == {"travel": 24 + 4, "service": 15, "waiting": 3, "technicians_used": 2}
    assert score.cost == 37 + 9


@pytest.mark.parametrize(
    ("text", "breach"),
    [
        ("<1,3,4,6|2,5,7>", "technician 1 lacks tools [0] for request 4"),
        ("<1,3,4,6|2,5,7>", "technician 1 is out of parts [0] at request 4"),
        ("<1,5,6|>", "technician 1 lacks skills [1] for request 5"),
        ("<1,5,6|>", "technician 1 is at point 5 at 18.0000, after 10"),
        ("<1,8,3,8,4,6|>", "technician 1 restocks 2 times"),
        ("<1,3,6|2,3,7>", "request 3 is served 2 times"),
    ],
)
def test_trsp_breaches(text: str, breach: str) -> None:
    instance = TRSP.parse(LINE, "tiny")
    assert breach in TRSP.score(instance, TRSP.read_solution(text, instance)).violations


def test_trsp_unserved_requests_come_before_working_time() -> None:
    instance = TRSP.parse(LINE, "tiny")
    score = TRSP.score(instance, TRSP.read_solution("<|2,5,7>", instance))
    assert (score.unscheduled, score.objective, score.violations) == (2, (2, 9), ())


def test_trsp_travel_times_replace_the_plane() -> None:
    rows = "\n".join(f"{i};" + ";".join(str(float(7 * (i != j))) for j in range(6)) for i in range(6))
    plain = LINE.replace("[0,1] \t[0] \t[9]", "[] [] []")
    instance = TRSP.parse(f"{plain}\nDISTANCES\n{rows}\nTRAVEL TIMES\n{rows}\n", "tiny")
    assert instance.travel[0, 1] == 7 and instance.travel.shape == (6, 6)
    assert instance.points[2].skills == frozenset()


def test_trsp_refuses_a_foreign_home() -> None:
    with pytest.raises(FormatError, match="home"):
        TRSP.read_solution("<1,3,7>", TRSP.parse(LINE, "tiny"))


# --- vrptw and its richer variants -----------------------------------------------------------------------------------


def test_vrptw_conventions_differ() -> None:
    instance = VRPTW.parse(SOLOMON, "tiny")
    solution = VRPTW.read_solution(ROUTED, instance)
    assert VRPTW.score(instance, solution).cost == pytest.approx(32**0.5)
    assert VRPTW.score(instance, solution).objective[0] == 1
    assert VRPTW_DISTANCE.score(instance, solution).cost == 1.4 + 1.4 + 2.8


@pytest.mark.parametrize(
    ("old", "new", "breach"),
    [
        ("  2         10", "  2          9", "route 1 loads 10, more than 9"),
        ("10          1\n    2", "10          9\n    2", "route 1 is at 2 at 11.8, after 10"),
        ("", "", None),
    ],
)
def test_vrptw_breaches(old: str, new: str, breach: str | None) -> None:
    instance = VRPTW_DISTANCE.parse(SOLOMON.replace(old, new), "tiny")
    violations = VRPTW_DISTANCE.score(instance, VRPTW.read_solution(ROUTED, instance)).violations
    assert (breach in violations) if breach else not violations


def test_vrptw_counts_who_is_left_out() -> None:
    instance = VRPTW.parse(SOLOMON, "tiny")
    score = VRPTW.score(instance, VRPTW.read_solution("Route #1: 2\n", instance))
    assert score.unscheduled == 1
    assert score.violations == ("customer 1 is visited 0 times",)


def test_vrptw_in_vrplib() -> None:
    text = vrplib("VRPTW", "VEHICLES: 1\nCAPACITY: 9\nSERVICE_TIME: 2", "DEPOT_SECTION\n1\n-1")
    instance = VRPTW.parse(text, "tiny")
    assert VRPTW.recognises(text) and not RICH_VRPTW.recognises(text)
    assert instance.service.tolist() == [0, 2, 2, 2]


def test_mdvrptw_rounds_arcs_and_leaves_late() -> None:
    instance = RICH_VRPTW.parse(two_depots(8), "tiny")
    score = RICH_VRPTW.score(instance, RICH_VRPTW.read_solution("Route #1: 2\nRoute #2: 3\n", instance))
    assert score.cost == 1414 + 1414 + 1000 + 1000
    assert score.feasible  # vehicle 2 leaves at 49 and is out for 7, vehicle 1 for 7.828


@pytest.mark.parametrize(
    ("routes", "breach"),
    [
        ("Route #1: 2\nRoute #2: 3\n", "vehicle 1 is out for 7.828, longer than 7"),
        ("Route #1: 2 3\n", "vehicle 1 loads 2, more than 1"),
        ("Route #1: 2\nRoute #3: 3\n", "there is no vehicle 3"),
        ("Route #1: 2\n", "customer 3 is visited 0 times"),
        ("Route #1: 2 1\n", "vehicle 1 visits the depot 1 as a customer"),
    ],
)
def test_mdvrptw_breaches(routes: str, breach: str) -> None:
    instance = RICH_VRPTW.parse(two_depots(7), "tiny")
    assert breach in RICH_VRPTW.score(instance, RICH_VRPTW.read_solution(routes, instance)).violations


def test_pcvrptw_pays_for_prizes_left() -> None:
    text = vrplib(
        "PCVRPTW",
        "VEHICLES: 1\nCAPACITY: 9\nSERVICE_TIME: 0",
        "PRIZE_SECTION\n1 0\n2 3\n3 4\n4 5\nDEPOT_SECTION\n1\n-1",
    )
    instance = RICH_VRPTW.parse(text, "tiny")
    score = RICH_VRPTW.score(instance, RICH_VRPTW.read_solution("Route #1: 1\n", instance))
    # Node 2 is 9 away; nodes 3 and 4 are left, with prizes 4 and 5.
    assert score.components == {"distance": 90 + 90, "uncollected_prizes": 40 + 50}
    assert score.feasible and score.unscheduled == 2


def test_sdvrptw_knows_who_may_serve() -> None:
    text = vrplib(
        "SDVRPTW",
        "VEHICLES: 2\nSERVICE_TIME: 0",
        "CAPACITY_SECTION\n1 3\n2 3\nVEHICLES_ALLOWED_CLIENTS_SECTION\n1 2 3\n2 4",
    )
    instance = RICH_VRPTW.parse(text, "tiny")
    good = RICH_VRPTW.score(instance, RICH_VRPTW.read_solution("Route #1: 1 2\nRoute #2: 3\n", instance))
    bad = RICH_VRPTW.score(instance, RICH_VRPTW.read_solution("Route #1: 1 2 3\n", instance))
    assert good.feasible
    assert bad.violations == ("vehicle 1 may not serve 3",)


def test_shortest_shift_leaves_as_late_as_the_earliest_return_allows() -> None:
    starts, departure = shortest_shift([(0, 100), (30, 40), (0, 100)], [10, 10])
    assert (starts, departure) == ([0, 30, 40], 20)
    starts, departure = shortest_shift([(0, 5), (30, 40), (0, 100)], [10, 10])
    assert (starts[-1], departure) == (40, 5)
