"""Days from the horizon's first day to the day of the start, over scheduled activities; no less than 0 each.

Days are those of the problem's time zone; an activity starts with its earliest booking.
"""

from collections.abc import Iterator
from fractions import Fraction
from zoneinfo import ZoneInfo

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled, Span
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Expr, Model, TermRule
from scheduler.solver.view import View


class EarliestDay(TermRule):
    id = "earliest-day"
    term = Term.EARLIEST_DAY
    unit = "days"

    def measure(self, view: View) -> float:
        zone = ZoneInfo(view.problem.time_zone)
        first = view.problem.horizon.start.astimezone(zone).date()
        starts = (bookings[0].start for bookings in view.plan.by_activity.values())
        return float(sum(max(0, (start.astimezone(zone).date() - first).days) for start in starts))

    def step(self, compiled: Compiled) -> Fraction:
        return Fraction(1)

    def encode(self, compiled: Compiled, model: Model) -> None:
        """A day more for every midnight that the start does not lie before."""
        priced: list[Expr] = []
        midnights = compiled.midnights[1:]
        for n in range(len(compiled.activities)):
            earliest, latest = _reach(compiled, n)
            scheduled = model.scheduled(n)
            priced.append(sum(m <= earliest for m in midnights) * scheduled)
            for k, midnight in enumerate(midnights):
                if earliest < midnight <= latest:
                    past = model.boolean(f"day{n},{k}")
                    before = model.activity_start(n) <= midnight - 1
                    model.require(before, rule=self.id, only_if=[scheduled, model.negated(past)])
                    priced.append(past)
        model.price(self.term, sum(priced))

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(), days=3, goal=sample.goal(earliest_day=1))
        first, second, third = (sample.plan(problem, sample.booking("a", "9:00", day=n)) for n in range(3))
        yield Example(problem, first, second)
        yield Example(problem, second, third)


def _reach(compiled: Compiled, activity: int) -> Span:
    """First and last tick at which some slot of the activity may start; nothing, (0, -1), where none may."""
    slots = compiled.slots_of[activity]
    ticks = [tick for slot in slots for span in compiled.starts[slot] for tick in span]
    ticks += [compiled.holds[slot].start for slot in slots if slot in compiled.holds]
    return (min(ticks), max(ticks)) if ticks else (0, -1)
