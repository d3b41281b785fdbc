"""Bookings of the standing plan that are not on the same resource any more, those left out included.

What an activity had booked that was cancelled does not count.
"""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.domain.plan import Plan
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule
from scheduler.solver.view import View


class Reassigned(TermRule):
    id = "reassigned"
    term = Term.REASSIGNED
    unit = "bookings"
    grows = False

    def measure(self, view: View) -> float:
        standing, found = view.problem.standing, view.plan.by_key
        open_ids = {a.id for a in view.open}
        stood = [b for b in standing.bookings if b.activity in open_ids] if standing else []
        return float(sum(b.key not in found or found[b.key].resource != b.resource for b in stood))

    def step(self, compiled: Compiled) -> Fraction:
        return Fraction(1)

    def encode(self, compiled: Compiled, model: Model) -> None:
        standing = compiled.problem.standing
        resources = {name: r for r, name in enumerate(compiled.resources)}
        stood = {b.key: resources[b.resource] for b in standing.bookings} if standing else {}
        slots = [(slot, stood[key]) for slot, key in enumerate(compiled.slots.keys) if key in stood]
        model.price(self.term, len(slots) - sum(model.on(slot, resource) for slot, resource in slots))

    def examples(self) -> Iterator[Example]:
        people = (sample.technician("ann"), sample.technician("bob"))
        by_ann, by_bob = (sample.booking("a", "9:00", resource=who) for who in ("ann", "bob"))
        problem = sample.problem(
            sample.activity(), technicians=people, standing=Plan(bookings=(by_bob,)), goal=sample.goal(reassigned=1)
        )
        good = sample.plan(problem, by_bob)
        yield Example(problem, good, sample.plan(problem, by_ann))
        yield Example(problem, good, Plan())
