"""Ask the rules about an event that a person moved."""

from collections.abc import Callable
from typing import Literal

from scheduler.domain.base import Value
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.verdict import Verdict, Violation
from scheduler.sync.event import EventKey

Judge = Callable[[Plan], Verdict]
MOST_REASONS = 3


class Policy(Value):
    """What to do about what people do.

    Attributes
    ----------
    moved
        `judge`: what keeps the rules becomes a lock, the rest is put back. `ask`: a person decides. `put-back`: always.
    declined
        Of declined and deleted events. `ask`: a person decides; `apply`: the booking goes at once, with time off.
    """

    moved: Literal["judge", "ask", "put-back"] = "judge"
    declined: Literal["ask", "apply"] = "ask"


def bookings_of(plan: Plan, key: EventKey) -> tuple[Booking, ...]:
    """The bookings that an event shows: one, or all of its activity."""
    every = plan.by_activity.get(key.activity, ())
    return tuple(b for b in every if not key.requirement or (b.requirement, b.ordinal) == key[1:3])


def moved(plan: Plan, key: EventKey, slot: Interval, wish: Interval) -> Plan:
    """The plan with the event's bookings moved as the event was; day routes are left to be made anew."""
    later, longer = wish.start - slot.start, wish.end - slot.end
    ours = {b.key for b in bookings_of(plan, key)}
    bookings = tuple(
        b.model_copy(update={"start": b.start + later, "end": max(b.start + later, b.end + longer)})
        if b.key in ours
        else b
        for b in plan.bookings
    )
    return plan.model_copy(update={"bookings": bookings, "routes": ()})


def objections(plan: Plan, changed: Plan, judge: Judge) -> str:
    """Why the changed plan will not do: the breaches that it has beyond the plan's own, in words; empty when none."""
    before = {_name(v): v.amount for v in judge(plan.model_copy(update={"routes": ()})).breaches}
    worse = [v for v in judge(changed).breaches if v.amount > before.get(_name(v), 0.0) + 1e-9]
    said = list(dict.fromkeys(v.text or v.rule for v in worse))
    more = f"; and {len(said) - MOST_REASONS} more" if len(said) > MOST_REASONS else ""
    return "; ".join(said[:MOST_REASONS]) + more


def _name(violation: Violation) -> tuple[object, ...]:
    return violation.rule, violation.bookings, violation.activity, violation.resource
