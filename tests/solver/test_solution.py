"""Plans in ticks and back."""

from datetime import timedelta

from hypothesis import given

from scheduler.domain.plan import BookingKey, BookingStatus, Plan
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled
from scheduler.solver.construct import construct
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.solution import Placed, Route, Solution, from_plan, to_plan
from tests import builders as b
from tests.solver import small


def given_problem(standing: Plan | None = None) -> Problem:
    lunch = b.pause(30, "12:00", "13:00", id="lunch")
    ann = b.technician("ann", depot="p2", restock_duration=b.minutes(10), breaks=(lunch,))
    team = (b.requirement("lead"), b.requirement("room", kind="room"))
    asked = [b.activity("a", tools={"drill"}), b.activity("b", place="p3", requirements=team)]
    return b.problem(technicians=[ann], rooms=[b.room("lab", at="p3")], activities=asked, standing=standing)


def planned() -> Plan:
    return b.plan(
        b.booking("a", "ann", "09:00"),
        b.booking("b", "ann", "14:00", requirement="lead"),
        b.booking("b", "lab", "14:00", requirement="room"),
    )


@given(small.SEEDS)
def test_what_becomes_a_plan_comes_back_the_same(seed: int) -> None:
    compiled = compile(small.fresh(seed))
    solution = construct(compiled)
    plan = to_plan(compiled, solution)
    back = from_plan(compiled, plan)
    assert back.placed == solution.placed
    assert back.routes == {
        lane: Route(r.slots, r.departure, r.arrival, tuple(sorted(r.breaks, key=lambda b: b[1])), r.restock)
        for lane, r in solution.routes.items()
    }
    assert to_plan(compiled, back) == plan


@given(small.SEEDS)
def test_a_plan_made_by_hand_comes_back_the_same(seed: int) -> None:
    problem = small.planned(seed)
    assert problem.standing is not None
    compiled = compile(problem)
    plan = to_plan(compiled, from_plan(compiled, with_routes(problem, problem.standing)))
    assert plan.by_key == problem.standing.by_key


def test_a_plan_says_all_that_a_route_holds() -> None:
    problem = given_problem()
    compiled = compile(problem)
    hour = compiled.clock.ticks(timedelta(hours=1))
    slot = compiled.slots.keys.index(BookingKey("a", "technician"))
    lane = compiled.lane_on(0, b.DAY)
    assert lane is not None
    route = Route((slot,), 8 * hour, 13 * hour, ((0, 12 * hour),), 8 * hour + hour // 2)
    plan = to_plan(compiled, Solution({slot: Placed(lane, 9 * hour, hour)}, {lane: route}))
    assert plan.fingerprint == problem.fingerprint and plan.score is None and plan.unscheduled == ()
    (booking,) = plan.bookings
    assert booking == b.booking("a", "ann", "09:00")
    (made,) = plan.routes
    assert (made.resource, made.day, made.bookings) == ("ann", b.DAY, (booking.key,))
    assert (made.departure, made.arrival) == (b.moment("08:00"), b.moment("13:00"))
    (taken,) = made.breaks
    assert (taken.id, taken.start, taken.end) == ("lunch", b.moment("12:00"), b.moment("12:30"))
    assert made.restock is not None
    assert (made.restock.place, made.restock.start, made.restock.end) == ("p2", b.moment("08:30"), b.moment("08:40"))
    assert from_plan(compiled, plan).routes[lane] == route


def test_what_stands_unmoved_keeps_its_status() -> None:
    confirmed = b.booking("a", "ann", "09:00", status=BookingStatus.ACCEPTED)
    problem = given_problem(b.plan(confirmed))
    compiled = compile(problem)
    solution = from_plan(compiled, with_routes(problem, b.plan(confirmed)))
    assert to_plan(compiled, solution).bookings == (confirmed,)
    moved = from_plan(compiled, with_routes(problem, b.plan(b.booking("a", "ann", "10:00"))))
    assert to_plan(compiled, moved).bookings[0].status is BookingStatus.PROPOSED


def test_the_activities_of_a_solution() -> None:
    problem = given_problem()
    compiled = compile(problem)
    solution = from_plan(compiled, with_routes(problem, planned()))
    assert solution.activities(compiled) == {0, 1}
    assert Solution().activities(compiled) == set()


def test_what_is_not_known_or_not_open_is_left_out() -> None:
    cancelled = b.activity("b", status="cancelled")
    problem = b.problem(technicians=[b.technician("ann")], activities=[b.activity("a"), cancelled])
    plan = with_routes(problem, b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "ann", "11:00")))
    compiled: Compiled = compile(problem)
    solution = from_plan(compiled, plan)
    assert solution.activities(compiled) == {0}
    assert [len(r.slots) for r in solution.routes.values()] == [1]
