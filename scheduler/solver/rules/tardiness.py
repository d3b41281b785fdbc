"""What is late: past respond-by at the start, past resolve-by at the end, past the closing of a priced window."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.activity import Activity
from scheduler.domain.goal import Term
from scheduler.domain.problem import Problem
from scheduler.solver.compiled import Compiled, Late, Spans
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule
from scheduler.solver.view import View, minutes


class Tardiness(TermRule):
    id = "tardiness"
    term = Term.TARDINESS
    unit = "minutes"

    def measure(self, view: View) -> float:
        return sum(minutes(view.lateness(b)) for b in view.counted)

    def step(self, compiled: Compiled) -> Fraction:
        return compiled.clock.minutes

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for n, name in enumerate(compiled.activities):
            for windows, opens_at_end, closes_at_end in _promises(compiled, problem.activity[name]):
                compiled.lates += [Late(slot, windows, opens_at_end, closes_at_end) for slot in _counted(compiled, n)]

    def encode(self, compiled: Compiled, model: Model) -> None:
        model.price(self.term, sum(model.lateness(slot) for slot in sorted({late.slot for late in compiled.lates})))

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(respond_by=sample.at("9:00")), goal=sample.goal(tardiness=1))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:10")),
        )
        priced = sample.activity(finish_windows=(sample.span("8:00", "9:00"),), priced_windows=True)
        problem = sample.problem(priced, goal=sample.goal(tardiness=1))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "8:30")),
            sample.plan(problem, sample.booking("a", "8:50")),
        )


def _counted(compiled: Compiled, activity: int) -> Iterator[int]:
    """Of each set of requirements, the technicians' slots, or all where it asks for none."""
    slots = compiled.slots
    for requirement_set in sorted({int(slots.requirement_set[s]) for s in compiled.slots_of[activity]}):
        group = [s for s in compiled.slots_of[activity] if slots.requirement_set[s] == requirement_set]
        yield from [s for s in group if not slots.is_room[s]] or group


def _promises(compiled: Compiled, activity: Activity) -> Iterator[tuple[Spans, bool, bool]]:
    """(windows, whether their opening and whether their closing is held against the end) of each promise."""
    clock = compiled.clock
    for at_end, due in ((False, activity.respond_by), (True, activity.resolve_by)):
        if due is not None:
            yield ((0, clock.floor(due)),), at_end, at_end
    given = (
        (activity.start_windows, False, False),
        (activity.finish_windows, True, True),
        (activity.service_windows, False, True),
    )
    for windows, opens_at_end, closes_at_end in given if activity.priced_windows else ():
        if windows:
            spans = sorted((clock.ceil(w.start), clock.floor(w.end)) for w in windows)
            yield tuple(spans), opens_at_end, closes_at_end
