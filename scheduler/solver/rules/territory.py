"""A technician who has territories serves activities in them, and those that lie in none."""

from collections.abc import Iterable, Iterator

import numpy as np

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import RESOURCE, Example, Reach, Rule
from scheduler.solver.view import View


class Territory(Rule):
    id = "territory"
    concerns = RESOURCE
    unit = "bookings"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for booking, technician in view.technicians_bookings:
            territory = view.activity(booking).territory
            if territory is not None and technician.territories and territory not in technician.territories:
                yield self.violation(booking.key, resource=technician.id, territory=territory)

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        bound = [(r, t.territories) for r, t in enumerate(problem.technicians) if t.territories]
        asked = [problem.activity[name].territory for name in compiled.activities]
        if not bound or not any(asked):
            return
        rows = {territory: n for n, territory in enumerate(dict.fromkeys((None, *asked)))}
        serves = np.ones((len(rows), len(compiled.resources)), dtype=np.bool_)
        for resource, territories in bound:
            serves[:, resource] = [territory is None or territory in territories for territory in rows]
        row = np.array([rows[territory] for territory in asked])
        compiled.suits &= serves[row[compiled.slots.activity]]

    def explain(self, violation: Violation) -> str:
        territory = violation.details["territory"]
        return f"{violation.bookings[0].activity} lies in {territory}, where {violation.resource} does not work"

    def examples(self) -> Iterator[Example]:
        north, south = (
            sample.technician(who, territories={where}) for who, where in (("ann", "north"), ("bob", "south"))
        )
        problem = sample.problem(sample.activity(territory="north"), technicians=(north, south))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:00", resource="bob")),
        )
