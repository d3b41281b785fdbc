"""From a problem and the rules to integer arrays."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import gcd, lcm
from zoneinfo import ZoneInfo

import numpy as np

from scheduler.domain.activity import Activity, Requirement
from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.held import held_bookings, open_activities
from scheduler.domain.plan import Booking, BookingKey, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import at_local
from scheduler.domain.verdict import Concern, Violation
from scheduler.solver.clock import Clock, clock_for
from scheduler.solver.compiled import Compiled, Hold, Lanes, Price, Slots
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.rules import RULES
from scheduler.solver.rules.base import Rule, TermRule
from scheduler.solver.travel import NOWHERE, Travel, distance_step
from scheduler.solver.view import View

LARGEST_SCALE = 10**8


def compile(problem: Problem, rules: Sequence[Rule] = RULES) -> Compiled:
    """The problem as arrays, narrowed by every rule in any order, with what is held put above the rules.

    Raises InvalidInput for a waiver of a rule that does not exist.
    """
    _known_rules(problem, rules)
    compiled = _structure(problem)
    for rule in rules:
        rule.narrow(problem, compiled)
    _settle_locks(compiled)
    _settle_waivers(compiled, rules)
    _settle_prices(compiled, rules)
    return compiled


def _known_rules(problem: Problem, rules: Sequence[Rule]) -> None:
    known = {rule.id for rule in RULES} | {rule.id for rule in rules}
    faults = tuple(
        Fault(f"waivers[{n}].rule", f"{w.rule!r} is not a rule; use one of {', '.join(sorted(known))}")
        for n, w in enumerate(problem.waivers)
        if w.rule not in known
    )
    if faults:
        raise InvalidInput(faults)


def _structure(problem: Problem) -> Compiled:
    """Slots and lanes before any rule: everything is admitted everywhere at any time, and lasts nothing."""
    clock = clock_for(problem)
    activities = open_activities(problem)
    places = sorted({p for p in _places(problem, activities) if p is not None})
    place_index = {p: n for n, p in enumerate(places)}
    profiles = sorted({(t.travel_profile, t.travel_speed) for t in problem.technicians})
    resources = [*(t.id for t in problem.technicians), *(r.id for r in problem.rooms)]
    slots = _slots(clock, activities, place_index)
    lanes = _lanes(problem, place_index, profiles)
    end = clock.floor(problem.horizon.end)
    n, m = len(slots), len(lanes)
    whole = ((0, end),)
    return Compiled(
        problem=problem,
        clock=clock,
        travel=Travel(problem, clock, distance_step(problem), places, profiles),
        activities=[a.id for a in activities],
        resources=resources,
        slots=slots,
        lanes=lanes,
        durations=np.zeros((n, len(resources)), dtype=np.int64),
        suits=np.ones((n, len(resources)), dtype=np.bool_),
        starts=[whole] * n,
        ends=[whole] * n,
        first=np.zeros(m, dtype=np.int64),
        last=np.full(m, end),
        latest=np.full(m, end),
        blocked=[()] * m,
        pauses=[()] * m,
        depot=np.full(m, NOWHERE),
        restock=np.zeros(m, dtype=np.int64),
        most_bookings=np.full(m, -1),
        most_time=np.full(m, -1),
        room_capacity=np.full(m, -1),
        turnaround=np.zeros(m, dtype=np.int64),
        midnights=_midnights(problem, clock),
        sites=[*(t.site for t in problem.technicians), *(r.site for r in problem.rooms)],
        urgent=np.zeros(len(activities), dtype=np.bool_),
        slots_of=_grouped(slots.activity, len(activities)),
        lanes_of=_grouped(lanes.resource, len(resources)),
    )


def _midnights(problem: Problem, clock: Clock) -> list[int]:
    zone = ZoneInfo(problem.time_zone)
    first, last = (m.astimezone(zone).date() for m in (problem.horizon.start, problem.horizon.end))
    days = (first + timedelta(days=n) for n in range((last - first).days + 2))
    return [clock.ceil(at_local(day, time(0), problem.time_zone)) for day in days]


def _places(problem: Problem, activities: Iterable[Activity]) -> Iterable[str | None]:
    for technician in problem.technicians:
        yield from (technician.start_place, technician.end_place, technician.depot)
    yield from (room.place for room in problem.rooms)
    yield from (activity.place for activity in activities)


def _slots(clock: Clock, activities: Sequence[Activity], place_index: dict[str, int]) -> Slots:
    rows: list[tuple[int, int, Requirement, int]] = [
        (n, k, requirement, ordinal)
        for n, activity in enumerate(activities)
        for k, requirements in enumerate(activity.requirement_sets)
        for requirement in requirements
        for ordinal in range(requirement.count)
    ]
    where = [NOWHERE if a.place is None else place_index[a.place] for a in activities]
    setup, teardown = ([clock.ticks(getattr(a, name)) for a in activities] for name in ("setup", "teardown"))

    def column(values: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.fromiter(values, dtype=np.int64)

    return Slots(
        keys=[BookingKey(activities[n].id, requirement.id, ordinal) for n, _, requirement, ordinal in rows],
        activity=column(row[0] for row in rows),
        requirement_set=column(row[1] for row in rows),
        is_room=np.array([row[2].kind == "room" for row in rows], dtype=np.bool_),
        setup=column(setup[row[0]] for row in rows),
        teardown=column(teardown[row[0]] for row in rows),
        effort=column(row[2].effort for row in rows),
        place=column(where[row[0]] for row in rows),
    )


def _lanes(problem: Problem, place_index: dict[str, int], profiles: list[tuple[str, float]]) -> Lanes:
    def place(name: str | None) -> int:
        return NOWHERE if name is None else place_index[name]

    extra = _days_with_bookings(problem)
    rows: list[tuple[int, date | None, bool, int, int, int, bool, int]] = []
    for n, t in enumerate(problem.technicians):
        profile = profiles.index((t.travel_profile, t.travel_speed))
        ends = (place(t.start_place), place(t.end_place))
        for day in sorted({*t.working_hours.days(problem.horizon), *extra.get(t.id, ())}):
            rows.append((n, day, False, profile, *ends, t.departure == "shift-start", NOWHERE))
    for n, room in enumerate(problem.rooms, start=len(problem.technicians)):
        rows.append((n, None, True, 0, NOWHERE, NOWHERE, False, place(room.place)))
    columns = list(zip(*rows, strict=True)) or [()] * 8
    numbers = [np.array(column, dtype=np.int64) for column in (columns[0], *columns[3:6], columns[7])]
    return Lanes(
        resource=numbers[0],
        day=list(columns[1]),
        is_room=np.array(columns[2], dtype=np.bool_),
        profile=numbers[1],
        start_place=numbers[2],
        end_place=numbers[3],
        fixed_departure=np.array(columns[6], dtype=np.bool_),
        place=numbers[4],
    )


def _days_with_bookings(problem: Problem) -> dict[str, set[date]]:
    """Days on which technicians are booked or locked already, working day or not."""
    days: dict[str, set[date]] = {}
    for route in problem.standing.routes if problem.standing else ():
        days.setdefault(route.resource, set()).add(route.day)
    standing = problem.standing.bookings if problem.standing else ()
    moments = [(b.resource, b.start) for b in (*standing, *held_bookings(problem).values())]
    locked: dict[str, set[datetime]] = {}
    for lock in problem.active_locks:
        if lock.holds_time and lock.start is not None:
            locked.setdefault(lock.activity, set()).add(lock.start)
    moments += [(k.resource, m) for k in problem.active_locks if k.resource for m in locked.get(k.activity, ())]
    for resource, moment in moments:
        if technician := problem.technician.get(resource):
            days.setdefault(resource, set()).add(technician.working_hours.day_of(moment))
    return days


def _grouped(owner: Iterable[int], count: int) -> list[list[int]]:
    groups: list[list[int]] = [[] for _ in range(count)]
    for n, group in enumerate(owner):
        groups[int(group)].append(n)
    return groups


def _settle_locks(compiled: Compiled) -> None:
    """What a lock or a fact holds stands above the rules that are about just that."""
    everywhere = ((0, compiled.clock.floor(compiled.problem.horizon.end)),)
    for slot, start in compiled.start_held.items():
        resource = compiled.resource_held.get(slot)
        if resource is not None and slot not in compiled.holds:
            lane = compiled.lane_at(resource, start)
            compiled.holds[slot] = Hold(lane, start, int(compiled.durations[slot, resource]), must=True)
        compiled.starts[slot], compiled.ends[slot] = ((start, start),), everywhere
    for slot, resource in compiled.resource_held.items():
        compiled.suits[slot] = False
        compiled.suits[slot, resource] = True
    for slot, hold in compiled.holds.items():
        resource = int(compiled.lanes.resource[hold.lane])
        compiled.suits[slot] = False
        compiled.suits[slot, resource] = True
        compiled.durations[slot, resource] = hold.duration
        compiled.starts[slot], compiled.ends[slot] = ((hold.start, hold.start),), everywhere
    compiled.barred -= {(slot, hold.lane) for slot, hold in compiled.holds.items()}


def _settle_waivers(compiled: Compiled, rules: Sequence[Rule]) -> None:
    """Breaches that stand and are waived may stay where they stand, and only there."""
    problem = compiled.problem
    if not problem.waivers or problem.standing is None:
        return
    plan = with_routes(problem, _of_open_activities(compiled, problem.standing))
    found = [v for rule in rules for v in rule.check(View(problem, plan))]
    waived = [v for v in found if _is_waived(problem, v)]
    index = {key: slot for slot, key in enumerate(compiled.slots.keys)}
    alone = ((v, key) for v in found if v not in waived and (key := _breached_by(v)) is not None)
    refused = {key for v, key in alone if not _held_there(compiled, index[key], plan.by_key[key], v.concerns)}
    for violation in waived:
        slots = frozenset(index[key] for key in violation.bookings)
        if not refused & set(violation.bookings):
            amounts = compiled.waived.setdefault(violation.rule, {})
            amounts[slots] = max(violation.amount, amounts.get(slots, 0.0))
            for slot in slots:
                _may_stay(compiled, plan, slot)


def _of_open_activities(compiled: Compiled, plan: Plan) -> Plan:
    kept = tuple(b for b in plan.bookings if b.activity in set(compiled.activities))
    return plan.model_copy(update={"bookings": kept})


def _is_waived(problem: Problem, violation: Violation) -> bool:
    return any(
        w.rule == violation.rule
        and violation.amount <= w.largest_amount + 1e-9
        and BookingKey(w.activity, w.requirement, w.ordinal) in violation.bookings
        for w in problem.waivers
    )


def _breached_by(violation: Violation) -> BookingKey | None:
    """The one booking whose place is the breach: its only party, or what a lock without parties is about."""
    if len(violation.bookings) == 1:
        return violation.bookings[0]
    d = violation.details
    if violation.bookings or violation.activity is None or "requirement" not in d:
        return None
    return BookingKey(violation.activity, str(d["requirement"]), int(str(d["ordinal"])))


def _held_there(compiled: Compiled, slot: int, booking: Booking, concerns: frozenset[Concern]) -> bool:
    """Whether a fact or locks hold the booking where it stands, in all of the concerns."""
    resource, start = compiled.resources.index(booking.resource), compiled.clock.floor(booking.start)
    by_lock = {
        Concern.RESOURCE: compiled.resource_held.get(slot) == resource,
        Concern.TIME: compiled.start_held.get(slot) == start,
    }
    return slot in compiled.holds or all(by_lock[concern] for concern in concerns)


def _may_stay(compiled: Compiled, plan: Plan, slot: int) -> None:
    booking = plan.by_key[compiled.slots.keys[slot]]
    if slot in compiled.holds:
        return
    resource = compiled.resources.index(booking.resource)
    day = next((r.day for r in plan.routes if r.resource == booking.resource and booking.key in r.bookings), None)
    lane = compiled.lane_on(resource, day)
    start, length = compiled.clock.floor(booking.start), compiled.clock.ticks(booking.length)
    assert lane is not None, "days with bookings have lanes"
    compiled.holds[slot] = Hold(lane, start, length, must=False)


def _settle_prices(compiled: Compiled, rules: Sequence[Rule]) -> None:
    """Integer prices per step, exact where the weights of a level have a common denominator that is not too large."""
    goal = compiled.problem.goal
    terms = {rule.term: rule for rule in rules if isinstance(rule, TermRule)}
    steps = {term: rule.step(compiled) for term, rule in terms.items()}
    limited = ((term, limit) for term, limit in goal.limits.items() if term in terms)
    compiled.limits = {term: max(limit, terms[term].standing(compiled.problem)) for term, limit in limited}
    for n, level in enumerate(goal.levels):
        exact = {
            t: Fraction(str(w)).limit_denominator(10**9) * steps[t] for t, w in level.weights.items() if t in steps
        }
        exact = {t: _simple(f) for t, f in exact.items()}
        scale = _scale(list(exact.values()))
        compiled.level_scale.append(scale)
        compiled.prices |= {t: Price(n, max(1, round(f * scale))) for t, f in exact.items()}


def _simple(price: Fraction) -> Fraction:
    """1/3 from 0.3333333333333333: the simplest fraction within a billionth."""
    near = price.limit_denominator(10**7)
    return near if abs(near - price) <= price * Fraction(1, 10**9) else price


def _scale(prices: list[Fraction]) -> Fraction:
    if not prices:
        return Fraction(1)
    denominator = lcm(*(p.denominator for p in prices))
    common = gcd(*(int(p * denominator) for p in prices))
    exact = Fraction(denominator, common)
    largest = max(prices) * exact
    return exact if largest <= LARGEST_SCALE else LARGEST_SCALE / max(prices)
