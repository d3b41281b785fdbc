"""A mandatory activity is scheduled; so is one that a lock names or of which a booking has begun or is frozen.

A breach has no parties: nobody is exempted from it.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from scheduler.domain.held import held_bookings
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Rule
from scheduler.solver.view import View


class Mandatory(Rule):
    id = "mandatory"
    unit = "activities"

    def check(self, view: View) -> Iterable[Violation]:
        held = {key.activity for key in held_bookings(view.problem)}
        locked = {lock.activity for lock in view.problem.active_locks}
        for activity in view.open:
            if activity.id in view.plan.by_activity:
                continue
            if activity.mandatory:
                yield self.violation(activity=activity.id, why="is mandatory")
            elif activity.id in held:
                yield self.violation(activity=activity.id, why="has begun or is frozen")
            elif activity.id in locked:
                yield self.violation(activity=activity.id, why="is locked")

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        named = {lock.activity for lock in problem.active_locks} | {key.activity for key in held_bookings(problem)}
        must = [name in named or problem.activity[name].mandatory for name in compiled.activities]
        compiled.urgent |= np.array(must, dtype=np.bool_)

    def explain(self, violation: Violation) -> str:
        return f"{violation.activity} {violation.details['why']}, but is not scheduled"

    def examples(self) -> Iterator[Example]:
        booking = sample.booking("a", "9:00")
        mandatory = sample.problem(sample.activity(mandatory=True))
        lock = Lock(kind=LockKind.TIME_RANGE, activity="a", start=sample.at("9:00"), end=booking.end)
        locked = sample.problem(sample.activity(), locks=(lock,))
        for problem in (mandatory, locked):
            yield Example(problem, sample.plan(problem, booking), Plan())
