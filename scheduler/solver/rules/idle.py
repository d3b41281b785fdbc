"""Time of the working days that is neither travel nor service nor rest, days without bookings included."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, idle_ticks, technicians_lanes
from scheduler.solver.view import View, minutes


class Idle(TermRule):
    id = "idle"
    term = Term.IDLE
    grows = False
    unit = "minutes"

    def measure(self, view: View) -> float:
        return sum(minutes(day.idle) for day in view.days)

    def step(self, compiled: Compiled) -> Fraction:
        return compiled.clock.minutes

    def encode(self, compiled: Compiled, model: Model) -> None:
        model.price(self.term, sum(idle_ticks(compiled, model, lane) for lane in technicians_lanes(compiled)))

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(), goal=sample.goal(idle=1))
        yield Example(problem, sample.plan(problem, sample.booking("a", "9:00")), sample.plan(problem))
