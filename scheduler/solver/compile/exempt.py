"""What locks, facts and waivers hold, put above the rules."""

from collections.abc import Sequence

from scheduler.domain.plan import Booking, BookingKey, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Concern, Violation
from scheduler.solver.compiled import Compiled, Hold
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.rules.base import Rule
from scheduler.solver.view import View


def settle_locks(compiled: Compiled) -> None:
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


def settle_waivers(compiled: Compiled, rules: Sequence[Rule]) -> None:
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
    fought = {(v.rule, frozenset(v.bookings)) for v in found if v not in waived}
    for violation in waived:
        if (violation.rule, frozenset(violation.bookings)) in fought:
            continue  # they breach the same rule in another way too
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
    if (hold := compiled.holds.get(slot)) is not None:
        return (int(compiled.lanes.resource[hold.lane]), hold.start) == (resource, start)
    return all(by_lock[concern] for concern in concerns)


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
