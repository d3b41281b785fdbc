"""A booking fills a requirement of an activity that is to be done, with a resource of the right kind."""

from collections.abc import Iterable, Iterator

import numpy as np

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import RESOURCE, Example, Rule
from scheduler.solver.view import View


class Eligibility(Rule):
    id = "eligibility"
    concerns = RESOURCE
    unit = "bookings"

    def check(self, view: View) -> Iterable[Violation]:
        open_ids = {a.id for a in view.open}
        kinds = {"technician": view.problem.technician, "room": view.problem.room}
        for booking in view.plan.bookings:
            if booking.activity not in open_ids:
                yield self.violation(booking.key, resource=booking.resource, why="not open")
            elif booking.resource not in kinds[kind := view.requirement(booking).kind]:
                yield self.violation(booking.key, resource=booking.resource, why=kind)

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        is_room = np.array([r in problem.room for r in compiled.resources], dtype=np.bool_)
        compiled.suits &= compiled.slots.is_room[:, None] == is_room[None, :]

    def explain(self, violation: Violation) -> str:
        key, why = violation.bookings[0], violation.details["why"]
        if why == "not open":
            return f"{key.activity} is cancelled or done elsewhere, but {violation.resource} is booked"
        return f"{key.activity} asks for a {why}, and {violation.resource} is not one"

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(), rooms=(sample.room(),))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:00", resource="lab")),
        )
