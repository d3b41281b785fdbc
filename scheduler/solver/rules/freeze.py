"""What has happened and what is frozen stays as it stands; nothing else starts before now or before the freeze ends.

What does not stay has no parties: nobody is exempted from it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from scheduler.domain.held import held_bookings
from scheduler.domain.plan import Booking, BookingKey, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, Hold
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import TIME, Example, Model, Rule, lasting
from scheduler.solver.view import View, minutes


class Freeze(Rule):
    id = "freeze"
    unit = "minutes, or 1 for a booking that is lost or on another resource"

    def check(self, view: View) -> Iterable[Violation]:
        held, problem = held_bookings(view.problem), view.problem
        for key, stands in held.items():
            booking = view.plan.by_key.get(key)
            if booking is None:
                yield self._moved(stands, 1, "lost", None)
            elif booking.resource != stands.resource:
                yield self._moved(stands, 1, "resource", booking.resource)
            elif (booking.start, booking.end) != (stands.start, stands.end):
                off = max(abs(booking.start - stands.start), abs(booking.end - stands.end))
                yield self._moved(stands, minutes(off), "time", None)
        if problem.now is None and problem.freeze_until is None:
            return
        for booking in view.plan.bookings:
            if booking.key not in held and booking.start < problem.earliest_start:
                early = minutes(problem.earliest_start - booking.start)
                yield self.violation(booking.key, amount=early, activity=booking.activity, resource=booking.resource,
                                     concerns=TIME, what="new")  # fmt: skip

    def _moved(self, stands: Booking, amount: float, what: str, now_by: str | None) -> Violation:
        return self.violation(
            amount=amount, activity=stands.activity, resource=stands.resource, what=what, now_by=now_by,
            requirement=stands.requirement, ordinal=stands.ordinal,
        )  # fmt: skip

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        clock, held = compiled.clock, held_bookings(problem)
        earliest, days = clock.ceil(problem.earliest_start), _standing_days(problem)
        for slot, key in enumerate(compiled.slots.keys) if held or earliest else ():
            if (booking := held.get(key)) is not None:
                resource, start = compiled.resources.index(booking.resource), clock.floor(booking.start)
                day = days.get((key, booking.start))
                lane = compiled.lane_at(resource, start) if day is None else compiled.lane_on(resource, day)
                assert lane is not None, "days with bookings have lanes"
                compiled.holds[slot] = Hold(lane, start, clock.ticks(booking.length), must=True)
            else:
                compiled.cut(compiled.starts, slot, ((earliest, compiled.horizon),))

    def encode(self, compiled: Compiled, model: Model) -> None:
        """Of an activity with several sets of requirements, the one that stands is filled."""
        held = held_bookings(compiled.problem)
        for slot, key in enumerate(compiled.slots.keys) if held else ():
            present, scheduled = model.present(slot), model.scheduled(int(compiled.slots.activity[slot]))
            if key in held and not (isinstance(present, int) and isinstance(scheduled, int)):
                model.require(present == scheduled, rule=self.id)

    def explain(self, violation: Violation) -> str:
        d, name, who = violation.details, violation.activity, violation.resource
        amount = lasting(violation.amount)
        return {
            "lost": f"the booking of {who} for {name} has begun or is frozen, but is left out",
            "resource": f"the booking of {who} for {name} has begun or is frozen, but is given to {d.get('now_by')}",
            "time": f"the booking of {who} for {name} has begun or is frozen, but is moved by {amount}",
            "new": f"{name} with {who} is planned to start {amount} before anything new may start",
        }[str(d["what"])]

    def examples(self) -> Iterator[Example]:
        people = (sample.technician("ann"), sample.technician("bob"))
        pair = (sample.needs("one"), sample.needs("two"))
        activities = (sample.activity("a"), sample.activity("b"))
        standing = Plan(bookings=(sample.booking("a", "8:15"), sample.booking("b", "9:00")))
        problem = sample.problem(*activities, technicians=people, freeze_until=sample.at("8:30"), standing=standing)
        frozen, later = sample.booking("a", "8:15"), sample.booking("b", "8:45")
        good = sample.plan(problem, frozen, later)
        yield Example(problem, good, sample.plan(problem, sample.booking("a", "8:15", resource="bob"), later))
        yield Example(problem, good, sample.plan(problem, sample.booking("a", "9:15"), later))
        yield Example(problem, good, sample.plan(problem, frozen, sample.booking("b", "8:00", resource="bob")))
        begun = sample.activity(status="in-progress", actual_start=sample.at("8:20"), requirements=pair)
        roles = {"one": "ann", "two": "bob"}
        stood, now = (
            tuple(sample.booking("a", clock, resource=who, requirement=role) for role, who in roles.items())
            for clock in ("8:15", "8:20")
        )
        problem = sample.problem(begun, technicians=people, standing=Plan(bookings=stood))
        yield Example(problem, sample.plan(problem, *now), sample.plan(problem, *stood))


def _standing_days(problem: Problem) -> dict[tuple[BookingKey, datetime], date]:
    """The day of each standing route, by its bookings and their starts."""
    plan = problem.standing
    if plan is None:
        return {}
    return {(key, plan.by_key[key].start): route.day for route in plan.routes for key in route.bookings}
