"""Scheduled activities that start outside all of their preferred windows; a window's closing moment is inside.

An activity starts with its earliest booking.
"""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule
from scheduler.solver.view import View


class PreferredWindow(TermRule):
    id = "preferred-window"
    term = Term.PREFERRED_WINDOW
    unit = "activities"

    def measure(self, view: View) -> float:
        outside = 0
        for name, bookings in view.plan.by_activity.items():
            start, windows = bookings[0].start, view.problem.activity[name].preferred_windows
            outside += bool(windows) and not any(w.contains(start, start) for w in windows)
        return float(outside)

    def step(self, compiled: Compiled) -> Fraction:
        return Fraction(1)

    def encode(self, compiled: Compiled, model: Model) -> None:
        """Being inside a window is free to be claimed, where the start allows it, for one window at most."""
        clock, outside = compiled.clock, []
        for n, name in enumerate(compiled.activities):
            inside = []
            for k, window in enumerate(compiled.problem.activity[name].preferred_windows):
                claim, start = model.boolean(f"preferred{n},{k}"), model.activity_start(n)
                model.require(start >= clock.ceil(window.start), rule=self.id, only_if=[claim])
                model.require(start <= clock.floor(window.end), rule=self.id, only_if=[claim])
                inside.append(claim)
            if inside:
                model.require(sum(inside) <= model.scheduled(n), rule=self.id)
                outside.append(model.scheduled(n) - sum(inside))
        model.price(self.term, sum(outside))

    def examples(self) -> Iterator[Example]:
        windows = (sample.span("8:00", "8:30"), sample.span("9:00", "10:00"))
        problem = sample.problem(sample.activity(preferred_windows=windows), goal=sample.goal(preferred_window=1))
        good = sample.plan(problem, sample.booking("a", "10:00"))
        yield Example(problem, good, sample.plan(problem, sample.booking("a", "10:10")))
        yield Example(problem, good, sample.plan(problem, sample.booking("a", "8:50")))
