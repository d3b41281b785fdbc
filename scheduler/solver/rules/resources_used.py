"""Day routes: technicians, counted once for each day on which they have a booking."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule
from scheduler.solver.view import View


class ResourcesUsed(TermRule):
    id = "resources-used"
    term = Term.RESOURCES_USED
    unit = "day routes"

    def measure(self, view: View) -> float:
        return float(sum(1 for _ in view.used_days))

    def step(self, compiled: Compiled) -> Fraction:
        return Fraction(1)

    def encode(self, compiled: Compiled, model: Model) -> None:
        people = (lane for lane, is_room in enumerate(compiled.lanes.is_room) if not is_room)
        model.price(self.term, sum(model.used(lane) for lane in people))

    def examples(self) -> Iterator[Example]:
        people = (sample.technician("ann"), sample.technician("bob"))
        activities = (sample.activity("a"), sample.activity("b"))
        problem = sample.problem(*activities, technicians=people, days=2, goal=sample.goal(resources_used=1))
        first = sample.booking("a", "9:00")
        good = sample.plan(problem, first, sample.booking("b", "10:00"))
        yield Example(problem, good, sample.plan(problem, first, sample.booking("b", "10:00", resource="bob")))
        yield Example(problem, good, sample.plan(problem, first, sample.booking("b", "10:00", day=1)))
