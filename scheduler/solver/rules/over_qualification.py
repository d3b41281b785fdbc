"""Levels that technicians have above those asked for, summed over bookings and asked skills.

A level below the one asked is a breach of another rule and no saving: it counts as none above.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from scheduler.domain.activity import Requirement
from scheduler.domain.goal import Term
from scheduler.domain.resource import Technician
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule
from scheduler.solver.view import View


class OverQualification(TermRule):
    id = "over-qualification"
    term = Term.OVER_QUALIFICATION
    unit = "levels"

    def measure(self, view: View) -> float:
        excess = 0
        for booking, technician in view.technicians_bookings:
            if needs := view.requirement(booking).skills:
                day = view.day_of[booking.key].date
                excess += sum(max(0, technician.level(n.skill, day) - n.level) for n in needs)
        return float(excess)

    def step(self, compiled: Compiled) -> Fraction:
        return Fraction(1)

    def encode(self, compiled: Compiled, model: Model) -> None:
        priced = []
        for lane, day in enumerate(compiled.lanes.day):
            if day is None:
                continue
            technician = compiled.problem.technicians[compiled.lanes.resource[lane]]
            for slot in model.candidates(lane):
                if above := _above(compiled.problem.requirement(compiled.slots.keys[slot]), technician, day):
                    priced.append(above * model.in_lane(slot, lane))
        model.price(self.term, sum(priced))

    def examples(self) -> Iterator[Example]:
        activity = sample.activity(requirements=(sample.needs(skills={"gas": 1, "water": 2}),))
        fit, master = ({"gas": 2, "water": 2}, {"gas": 2, "water": 4})
        people = (sample.technician("ann", fit), sample.technician("bob", master))
        problem = sample.problem(activity, technicians=people, goal=sample.goal(over_qualification=1))
        yield Example(problem, sample.plan(problem, sample.booking("a", "9:00", resource="ann")),
                      sample.plan(problem, sample.booking("a", "9:00", resource="bob")))  # fmt: skip


def _above(requirement: Requirement, technician: Technician, day: date) -> int:
    """Levels above those asked that the technician would bring on that day."""
    total = 0
    for need in requirement.skills:
        valid = (s for s in technician.skills if s.skill == need.skill and (s.expires is None or s.expires >= day))
        total += max((s.level for s in valid if s.level > need.level), default=need.level) - need.level
    return total
