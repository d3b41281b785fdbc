"""The compiled search plans beside bookings that are held where they break a rule."""

import numpy as np
import pytest

from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Break
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.parts.cut import cut
from scheduler.solver.solution import to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver.kernel.test_kernel import assert_judged, begun

LUNCH = b.pause(45, "12:00", "14:00", id="lunch")


def begun_early(*starts: str, free: int, **more: object) -> Problem:
    """Ann has been at these places, half an hour's work and a way of ten minutes each; free ones are left to do."""
    done = [
        b.activity(f"done{n}", minutes=30, place=f"p{n}", status="completed", actual_start=b.moment(start),
                   actual_end=b.moment(start) + b.minutes(30))
        for n, start in enumerate(starts)
    ]  # fmt: skip
    asked = [b.activity(f"free{n}", minutes=60, place="p0") for n in range(free)]
    stood = Plan(bookings=tuple(b.booking(f"done{n}", "ann", start, 30) for n, start in enumerate(starts)))
    return b.problem(technicians=[b.technician("ann", **more)], activities=[*done, *asked], standing=stood)


@pytest.mark.parametrize("departure", ["just-in-time", "shift-start"])
@pytest.mark.parametrize(
    ("starts", "free", "there"),
    [
        (("08:00", "08:35"), 7, 9),  # five minutes for a way of ten
        (("07:50", "08:30"), 8, 9),  # ten minutes before work begins, which nobody else may
        (("06:00",), 9, 10),  # all day is left
        (("16:55",), 8, 9),  # too late to be home in time
        (("08:00", "08:25"), 8, 9),  # the second was begun before the first was done
    ],
)
def test_who_was_early_or_fast_goes_on_working(starts: tuple[str, ...], free: int, there: int, departure: str) -> None:
    problem = begun_early(*starts, free=free, departure=departure)
    kernel = begun(problem)
    for along in (0.0, 0.5, 1.0):
        kernel.anneal(along, 200)
    verdict = verify(problem, to_plan(kernel.c, kernel.best))
    assert len(kernel.best.placed) == there
    assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []
    assert [v for v in verdict.violations if v.exempted and v.rule != "mandatory"]


@pytest.mark.parametrize("breaks", [(), (LUNCH,)])
@pytest.mark.parametrize(
    ("start", "longest", "there"),
    [
        ("08:10", 269, 3),  # left home at twenty to eight: 90 minutes without others
        ("08:10", 270, 4),
        ("16:40", 269, 3),  # is home at twenty to six
        ("16:40", 270, 4),
        ("07:00", 89, 1),  # too long alone, and stands still
    ],
)
def test_a_limit_of_the_day_counts_the_whole_way(
    start: str, longest: int, there: int, breaks: tuple[Break, ...]
) -> None:
    far = {"start_place": "p3", "end_place": "p3", "max_time_per_day": b.minutes(longest)}
    kernel = begun(begun_early(start, free=5, breaks=breaks, **far))
    for along in (0.0, 0.5, 1.0):
        kernel.anneal(along, 200)
    verdict = verify(kernel.c.problem, to_plan(kernel.c, kernel.best))
    assert len(kernel.best.placed) == there
    assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []


def test_who_is_fast_between_two_goes_on_within_the_limit_of_the_day() -> None:
    kernel = begun(begun_early("08:00", "08:35", free=5, max_time_per_day=b.minutes(255)))
    kernel.anneal(1.0, 300)
    assert len(kernel.best.placed) == 5  # 65 minutes, ten to go home, and three hours


@pytest.mark.parametrize(("minutes", "there"), [(240, 3), (300, 2)])
def test_who_is_held_twice_at_once_goes_on_when_both_are_done(minutes: int, there: int) -> None:
    """The second ends before the first, at noon: what comes behind it begins when the first is over."""
    first, second = (
        Lock(
            kind=LockKind.RESOURCE_AND_TIME, activity=name, requirement="technician", resource="ann", start=b.moment(at)
        )
        for name, at in (("long", "09:00"), ("short", "09:30"))
    )
    asked = [
        b.activity("long", minutes=180, place="p0"),
        b.activity("short", minutes=30, place="p0"),
        b.activity("x", minutes=minutes, place="p1"),
    ]
    kernel = begun(b.problem(technicians=[b.technician("ann")], activities=asked).with_lock(first).with_lock(second))
    kernel.anneal(1.0, 200)
    verdict = verify(kernel.c.problem, to_plan(kernel.c, kernel.best))
    assert len(kernel.best.placed) == there
    assert all(v.exempted or v.rule == "mandatory" for v in verdict.violations)


def held(start: str, length: int, *free: int, **more: object) -> Problem:
    """Ann must do one activity from `start` on, and may do others of so many minutes; all are at home."""
    lock = Lock(kind=LockKind.RESOURCE_AND_TIME, activity="held", requirement="technician", resource="ann",
                start=b.moment(start))  # fmt: skip
    ann = b.technician("ann", breaks=more.pop("breaks", (LUNCH,)), **more)
    asked = [b.activity("held", minutes=length, place="p0")]
    asked += [b.activity(f"free{n}", minutes=minutes, place="p0") for n, minutes in enumerate(free)]
    return b.problem(technicians=[ann], activities=asked).with_lock(lock)


@pytest.mark.parametrize(
    ("start", "length", "free", "there"),
    [
        ("11:00", 180, (120, 60, 120, 60), 5),  # eight to eleven and two to five
        ("11:00", 140, (180, 180), 3),  # twenty minutes of the window are left, and it stays empty
        ("11:00", 140, (180, 180, 20), 3),
        ("12:30", 75, (240, 180), 3),  # half an hour before, a quarter behind
        ("12:30", 75, (240, 180, 15), 3),
    ],
)
def test_who_is_held_through_lunch_works_before_and_after(
    start: str, length: int, free: tuple[int, ...], there: int
) -> None:
    kernel = begun(held(start, length, *free))
    for along in (0.0, 0.5, 1.0):
        kernel.anneal(along, 200)
    assert len(kernel.best.placed) == there
    assert_judged(kernel)


def test_a_break_that_has_room_beside_what_is_held_is_owed() -> None:
    """Lunch at a quarter past one: three hours are left in the afternoon, but not in one piece."""
    kernel = begun(held("11:00", 135, 180, 180, 120))
    kernel.anneal(1.0, 200)
    assert_judged(kernel)
    assert kernel.arrays.lane[0, at.CLOSED] == kernel.arrays.lane[0, at.CLOSED_END]
    (route, *_) = kernel.best.routes.values()
    assert route.breaks


def test_of_two_breaks_that_share_what_room_there_is_one_is_owed() -> None:
    nap = b.pause(30, "12:00", "14:00", id="nap")
    kernel = begun(held("11:00", 120, 180, 180, breaks=(LUNCH, nap)))
    kernel.anneal(1.0, 200)
    assert len(kernel.best.placed) == 3
    assert_judged(kernel)
    (route, *_) = kernel.best.routes.values()
    assert [n for n, _ in route.breaks] == [0]


def test_a_break_that_another_leaves_no_room_is_not_made_good() -> None:
    """Nobody held is in its window, so its absence would be the fault of all."""
    early, late = b.pause(45, "09:00", "09:45", id="early"), b.pause(30, "09:15", "09:45", id="late")
    kernel = begun(held("11:00", 60, 60, breaks=(early, late)))
    kernel.anneal(1.0, 200)
    assert len(kernel.best.placed) == 1


def test_other_breaks_of_the_day_keep_their_numbers() -> None:
    """Tea is the second break and the first in time; lunch has no room, supper has."""
    tea, supper = b.pause(15, "09:00", "10:00", id="tea"), b.pause(15, "15:00", "16:00", id="supper")
    kernel = begun(held("11:00", 180, 30, breaks=(LUNCH, tea, supper)))
    kernel.anneal(1.0, 200)
    assert_judged(kernel)
    (route, *_) = kernel.best.routes.values()
    assert [n for n, _ in route.breaks] == [1, 2]


def test_what_a_waiver_lets_stand_keeps_the_rules_elsewhere() -> None:
    """Ann may go on until six where that stands; on the other day she is away in the afternoon."""
    away = b.absence("13:00", "17:00", 1)
    stood = b.plan(b.booking("late", "ann", "17:00", 60))
    waiver = Waiver(rule="working-hours", activity="late", requirement="technician", largest_amount=60, why="agreed")
    late = b.activity("late", minutes=60, place="p0", release=b.moment("16:00"))
    problem = b.problem(technicians=[b.technician("ann", absences=(away,))], activities=[late], days=2)
    problem = problem.with_standing(stood).with_waiver(waiver)
    for bound in (
        problem,
        problem.replace(technicians=(b.technician("ann", absences=(away, b.absence("08:00", "17:00"))),)),
    ):
        kernel = begun(bound)  # not from what stands
        kernel.anneal(0.5, 100)
        assert [v.text for v in verify(bound, to_plan(kernel.c, kernel.best)).breaches if v.rule != "mandatory"] == []


def test_a_part_of_the_plan_keeps_closed_what_the_whole_does() -> None:
    kernel = begun(held("11:00", 140, 180, 180, 20))
    whole = kernel.arrays
    part = cut(whole, kernel.kept, np.arange(len(whole.lane)), np.arange(0)).arrays
    there, kept = (a.pool[a.lane[0, at.CLOSED] : a.lane[0, at.CLOSED_END]].tolist() for a in (whole, part))
    assert kept == there and len(there) == 2
