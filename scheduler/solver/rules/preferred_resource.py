"""Bookings of a requirement that prefers some resources, on one that it does not prefer."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule
from scheduler.solver.view import View


class PreferredResource(TermRule):
    id = "preferred-resource"
    term = Term.PREFERRED_RESOURCE
    unit = "bookings"

    def measure(self, view: View) -> float:
        asked = ((b.resource, view.requirement(b).preferred) for b in view.plan.bookings)
        return float(sum(bool(preferred) and resource not in preferred for resource, preferred in asked))

    def step(self, compiled: Compiled) -> Fraction:
        return Fraction(1)

    def encode(self, compiled: Compiled, model: Model) -> None:
        wishes = {}
        for slot, key in enumerate(compiled.slots.keys):
            if preferred := compiled.problem.requirement(key).preferred:
                wishes[slot] = frozenset(preferred)
        others = [
            model.in_lane(slot, lane)
            for lane, resource in enumerate(compiled.lanes.resource if wishes else ())
            for slot in model.candidates(lane)
            if slot in wishes and compiled.resources[resource] not in wishes[slot]
        ]
        model.price(self.term, sum(others))

    def examples(self) -> Iterator[Example]:
        activity = sample.activity(requirements=(sample.needs(preferred=("bob",)),))
        people = (sample.technician("ann"), sample.technician("bob"))
        problem = sample.problem(activity, technicians=people, goal=sample.goal(preferred_resource=1))
        yield Example(problem, sample.plan(problem, sample.booking("a", "9:00", resource="bob")),
                      sample.plan(problem, sample.booking("a", "9:00", resource="ann")))  # fmt: skip
