"""A requirement is filled by one of the resources that it must choose from, and by none that is restricted."""

from collections.abc import Iterable, Iterator

import numpy as np

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import RESOURCE, Example, Reach, Rule
from scheduler.solver.view import View


class ResourceChoice(Rule):
    id = "resource-choice"
    concerns = RESOURCE
    unit = "bookings"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for booking in view.plan.bookings:
            requirement, who = view.requirement(booking), booking.resource
            if requirement.must_choose_from is not None and who not in requirement.must_choose_from:
                choice = ", ".join(requirement.must_choose_from)
                yield self.violation(booking.key, resource=who, choice=choice)
            if who in requirement.restricted:
                yield self.violation(booking.key, resource=who, choice=None)

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        index = {name: r for r, name in enumerate(compiled.resources)}
        for slot, key in enumerate(compiled.slots.keys):
            requirement = problem.requirement(key)
            if requirement.must_choose_from is not None:
                chosen = np.zeros(len(index), dtype=np.bool_)
                chosen[[index[name] for name in requirement.must_choose_from]] = True
                compiled.suits[slot] &= chosen
            if requirement.restricted:
                compiled.suits[slot, [index[name] for name in requirement.restricted]] = False

    def explain(self, violation: Violation) -> str:
        activity, choice = violation.bookings[0].activity, violation.details["choice"]
        if choice is None:
            return f"{violation.resource} may not be used for {activity}"
        return f"{activity} must have one of {choice}, and {violation.resource} is not one of them"

    def examples(self) -> Iterator[Example]:
        two = (sample.technician("ann"), sample.technician("bob"))
        for needed in (sample.needs(must_choose_from=("ann",)), sample.needs(restricted=("bob",))):
            problem = sample.problem(sample.activity(requirements=(needed,)), technicians=two)
            yield Example(
                problem,
                sample.plan(problem, sample.booking("a", "9:00")),
                sample.plan(problem, sample.booking("a", "9:00", resource="bob")),
            )
