"""The idle time of the working day that has most of it."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, idle_ticks, technicians_lanes
from scheduler.solver.view import View, minutes


class LargestIdle(TermRule):
    id = "largest-idle"
    term = Term.LARGEST_IDLE
    grows = False
    unit = "minutes"

    def measure(self, view: View) -> float:
        """No less than 0: what stands too tight is no time saved."""
        return max([0.0, *(minutes(day.idle) for day in view.days)])

    def step(self, compiled: Compiled) -> Fraction:
        return compiled.clock.minutes

    def encode(self, compiled: Compiled, model: Model) -> None:
        most = 4 * compiled.clock.floor(compiled.problem.horizon.end)
        idle = [idle_ticks(compiled, model, lane) for lane in technicians_lanes(compiled)]
        model.price(self.term, model.largest(idle, 0, most, "largest idle"))

    def examples(self) -> Iterator[Example]:
        people = (sample.technician("ann"), sample.technician("bob"))
        problem = sample.problem(
            sample.activity("a", 60), sample.activity("b", 60), technicians=people, goal=sample.goal(largest_idle=1)
        )
        first = sample.booking("a", "9:00", 60)
        yield Example(
            problem,
            sample.plan(problem, first, sample.booking("b", "9:00", 60, resource="bob")),
            sample.plan(problem, first, sample.booking("b", "10:00", 60)),
        )
