"""Corners in which the compiled search counts what the judge does and breaks none of its rules."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings

from scheduler.domain.activity import Precedence
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Plan
from scheduler.domain.resource import WorkingHours
from scheduler.solver.compile import compile
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.moves.exchange import LONG
from scheduler.solver.kernel.moves.polish import LONGEST_WALK
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.kernel.work import WALK
from scheduler.solver.solution import Placed, Route, Solution, to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small
from tests.solver.kernel import moves
from tests.solver.kernel.test_kernel import assert_judged, begun, of_what_is_left_out

NIGHT = b.hours("20:00", "04:00")
BESIDE = sorted(set(Term) - {Term.WORKLOAD_BALANCE, Term.EARLIEST_DAY, Term.PREFERRED_WINDOW, Term.REASSIGNED})
"""Terms that the search counts exactly, and of nothing that is left out."""


def goal(**weights: float) -> Goal:
    return Goal(levels=(Level(weights={Term[name.upper()]: weight for name, weight in weights.items()}),))


def test_an_empty_day_that_ends_elsewhere_pays_its_whole_way() -> None:
    """Ann drives 30 minutes home from where the work is; Bob, who lives next door, drives 20 in all."""
    people = [b.technician("ann", at="p0", end_place="p3"), b.technician("bob", at="p1")]
    work = b.activity("a", minutes=30, place="p0")
    kernel = begun(b.problem(technicians=people, activities=[work], goal=goal(travel_time=1, unscheduled=1000)))
    kernel.anneal(1.0, 100)
    assert_judged(kernel)
    assert kernel.cost == 20
    (slot,) = kernel.best.placed
    assert kernel.c.lanes.resource[kernel.best.placed[slot].lane] == 1


def test_what_is_pushed_stays_on_the_day_it_must_share() -> None:
    """Eight short calls before b, which must come on the day of a, would push it over midnight."""
    asked = [
        b.activity("a", place="p0", priority=5, start_windows=(b.span("20:00", "21:00"),)),
        b.activity("b", place="p0", priority=5),
        *(b.activity(f"c{n}", minutes=30, place="p0", start_windows=(b.span("20:00", "23:30"),)) for n in range(8)),
    ]
    problem = b.problem(
        technicians=[b.technician("ann", working_hours=NIGHT)],
        activities=asked,
        precedences=(Precedence(before="a", after="b", same_day=True),),
        goal=goal(unscheduled=1000, travel_time=1),
        days=2,
    )
    kernel = begun(problem)
    for part in range(10):
        kernel.anneal(part / 10, 50)
        assert_judged(kernel)
    outside = {kernel.c.activities[n] for n in moves.outside(kernel)}
    assert outside.isdisjoint({"a", "b"})


def test_overtime_beyond_the_horizon_is_for_driving_home() -> None:
    """Work ends with the horizon at noon, though Ann may come home an hour later."""
    ann = b.technician("ann", overtime_limit=timedelta(hours=1))
    asked = [b.activity(f"a{n}", minutes=50, place="p0", priority=n) for n in range(1, 6)]
    problem = b.problem(technicians=[ann], activities=asked, goal=goal(unscheduled=1000, travel_time=1))
    kernel = begun(problem.replace(horizon=Interval(start=b.moment("00:00"), end=b.moment("12:00"))))
    kernel.anneal(1.0, 200)
    assert len(kernel.best.placed) == 4
    assert_judged(kernel)


def test_a_booking_from_before_the_horizon_counts_as_shifted() -> None:
    stands = Plan(bookings=(b.booking("a", "ann", "09:00", day=-1), b.booking("b", "ann", "09:00")))
    asked = [b.activity(name, place="p0") for name in "ab"]
    kernel = begun(
        b.problem(technicians=[b.technician("ann")], activities=asked, standing=stands, days=2,
                  goal=goal(shifted=1, unscheduled=10_000))
    )  # fmt: skip
    kernel.anneal(1.0, 200)
    assert kernel.cost > 20 * 60
    assert_judged(kernel)


@settings(deadline=None)
@given(small.SEEDS)
def test_what_is_shifted_counts_no_less_than_for_the_judge(seed: int) -> None:
    """Whatever else is priced: what stood stood up to an hour off its best time.

    Those who wait for each other may start later than they must, where one of them leaves a break out or not.
    """
    problem, chance = small.fresh(seed), Random(seed)
    more = dict.fromkeys(chance.sample(BESIDE, 3), 1.0)
    weights = {Term.UNSCHEDULED: 1000.0, Term.TRAVEL_TIME: 1.0, Term.SHIFTED: 1.0} | more
    first = begun(problem)
    plan = to_plan(first.c, first.best)
    off = [timedelta(minutes=15 * chance.randint(-4, 4)) for _ in plan.bookings]
    moved = zip(plan.bookings, off, strict=True)
    stood = (one.model_copy(update={"start": one.start + by, "end": one.end + by}) for one, by in moved)
    problem = problem.with_standing(Plan(bookings=tuple(stood))).replace(goal=Goal(levels=(Level(weights=weights),)))
    kernel = begun(problem)
    for along in (0.2, 0.8):
        kernel.anneal(along, 100)
        verdict = verify(problem, to_plan(kernel.c, kernel.best))
        assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []
        counted = sum(w * verdict.score.terms[t] for t, w in weights.items() if t is not Term.UNSCHEDULED)
        assert kernel.cost - of_what_is_left_out(kernel, kernel.c) >= counted - 1e-3


def test_who_has_no_day_counts_where_work_is_balanced() -> None:
    off = b.technician("off", working_hours=WorkingHours())
    for people in ([off, b.technician("ann"), b.technician("bob")], [b.technician("ann"), b.technician("bob"), off]):
        asked = [b.activity("a", minutes=60, place="p0"), b.activity("b", minutes=30, place="p0")]
        kernel = begun(b.problem(technicians=people, activities=asked, goal=goal(workload_balance=1, unscheduled=1000)))
        kernel.anneal(1.0, 100)
        assert_judged(kernel)
        assert kernel.cost == 60


def test_lateness_of_a_day_that_stands_against_a_rule_counts() -> None:
    """Held was begun two hours before work begins, 300 minutes late; free is late by as much as it must be anyway."""
    held = b.activity("held", minutes=30, place="p0", respond_by=b.moment("01:00"), status="in-progress",
                      actual_start=b.moment("06:00"))  # fmt: skip
    free = b.activity("free", minutes=30, place="p0", respond_by=b.moment("01:00"), release=b.moment("08:00"))
    problem = b.problem(
        technicians=[b.technician("ann"), b.technician("bob")],
        activities=[held, free],
        standing=Plan(bookings=(b.booking("held", "bob", "06:00"),)),
        goal=goal(largest_tardiness=1, unscheduled=200),
    )
    kernel = begun(problem)
    kernel.anneal(1.0, 200)
    assert kernel.cost == 420 and len(kernel.best.placed) == 2


def test_a_room_is_held_for_those_who_may_come() -> None:
    """The slow one needs an hour, and may do the last only: three half hours and one whole fit before half past ten."""
    needs = [{"gas": 1, "x": 1}] * 3 + [{"gas": 1}]
    asked = [
        b.activity(f"a{n}", minutes=30, place=None, requirements=(
            b.requirement("who", skills=skills, duration=b.minutes(60), duration_factors={2: 0.5}),
            b.requirement("lab", kind="room"),
        ))
        for n, skills in enumerate(needs)
    ]  # fmt: skip
    people = [b.technician("fast", skills={"gas": 2, "x": 1}), b.technician("slow", skills={"gas": 1})]
    short = b.hours("08:00", "10:30")
    kernel = begun(
        b.problem(technicians=people, activities=asked, rooms=[b.room("lab", opening=short)],
                  goal=goal(unscheduled=1000))
    )  # fmt: skip
    kernel.anneal(1.0, 200)
    assert len(moves.outside(kernel)) == 0
    assert_judged(kernel)


def test_layers_of_precedences_are_left_and_entered_together() -> None:
    """Two in a layer, each before both of the next: there are 2^30 ways from the first layer to the last."""
    names = [[f"{side}{n}" for side in "ab"] for n in range(30)]
    links = [
        Precedence(before=one, after=other, kind="start-to-start")
        for n in range(29) for one in names[n] for other in names[n + 1]
    ]  # fmt: skip
    asked = [b.activity(name, minutes=1, place="p0") for layer in names for name in layer]
    people = [b.technician(f"t{n}") for n in range(3)]
    kernel = begun(b.problem(technicians=people, activities=asked, precedences=links))
    first = kernel.c.slots_of[kernel.c.activities.index("a0")][0]
    assert moves.ruined(kernel, "related", first, 1, 0) == {
        kernel.c.activities.index(name) for name in ("a0", *(name for layer in names[1:] for name in layer))
    }
    moves.taken_back(kernel)
    kernel.anneal(0.5, 100)
    assert_judged(kernel)


def test_of_many_breaks_that_may_be_left_out_those_that_fit_are_taken() -> None:
    """Of 16 breaks of 20 minutes in one hour three fit; work has its own time before and behind them."""
    breaks = [b.pause(20, "10:00", "11:00", id=f"b{n}", price=1 + n % 2) for n in range(16)]
    asked = [b.activity(f"a{n}", minutes=20, place="p0") for n in range(3)]
    kernel = begun(
        b.problem(technicians=[b.technician("ann", breaks=breaks)], activities=asked,
                  goal=goal(unscheduled=1000, missed_breaks=1))
    )  # fmt: skip
    kernel.anneal(1.0, 50)
    assert kernel.cost == 8 * 2 + 8 * 1 - 3 * 2
    assert_judged(kernel)


def test_polish_comes_to_an_end_on_long_days() -> None:
    """The day is long and its order is bad: hundreds of thousands of tries would better it."""
    size = 6 * LONG
    asked = [b.activity(f"a{n}", minutes=1, place=f"p{n * 77 % 100}") for n in range(size)]
    people = [b.technician("ann", working_hours=b.hours("00:00", "23:59"))]
    problem = b.problem(technicians=people, activities=asked, travel=b.line(100, minutes=0.05),
                        goal=goal(working_time=1, unscheduled=10_000))  # fmt: skip
    kernel = Kernel(compile(problem))
    placed = {n: Placed(0, n, int(kernel.c.durations[n, 0])) for n in range(size)}
    kernel.load(Solution(placed, {0: Route(tuple(range(size)), 0, 0)}))
    assert int(kernel.at_hand.lane[0, at.SIZE]) == size
    assert moves.exchanged(kernel, "polish") > 0
    most = 12 * 6 * size * (1 + size // LONG)
    assert LONGEST_WALK <= kernel._work.count[WALK] < LONGEST_WALK + most
