"""A booking lasts as long as its requirement says for that technician's level; a room, as long as anyone is in it."""

from collections.abc import Iterable, Iterator

from scheduler.domain.activity import Requirement
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import BOTH, Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class ServiceTime(Rule):
    id = "service-time"
    concerns = BOTH
    unit = "minutes"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for booking in view.plan.bookings:
            activity, requirement = view.activity(booking), view.requirement(booking)
            expected = activity.duration_of(requirement)
            if technician := view.problem.technician.get(booking.resource):
                expected = expected * factor(requirement, technician)
            elif requirement.kind == "room":
                others = view.plan.by_activity[activity.id]
                stay = [b.end - booking.start for b in others if b.resource in view.problem.technician]
                expected = max([expected, *stay])
            if abs(off := minutes(booking.length - expected)) > 1e-4:
                yield self.violation(
                    booking.key,
                    amount=abs(off),
                    resource=booking.resource,
                    lasts=minutes(booking.length),
                    expected=minutes(expected),
                )

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for slot, key in enumerate(compiled.slots.keys):
            requirement = problem.requirement(key)
            plain = problem.activity[key.activity].duration_of(requirement)
            compiled.durations[slot] = compiled.clock.ticks(plain)
            if requirement.duration_factors:
                for r, technician in enumerate(problem.technicians):
                    compiled.durations[slot, r] = compiled.clock.ticks(plain * factor(requirement, technician))

    def explain(self, violation: Violation) -> str:
        d, activity = violation.details, violation.bookings[0].activity
        expected, lasts = lasting(d["expected"]), lasting(d["lasts"])
        return f"{activity} takes {expected} for {violation.resource}, but is booked for {lasts}"

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(
            sample.activity(requirements=(sample.needs(skills={"gas": 1}, duration_factors={3: 0.5}),)),
            technicians=(sample.technician("ann", {"gas": 3}),),
        )
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00", 15)),
            sample.plan(problem, sample.booking("a", "9:00", 30)),
        )


def factor(requirement: Requirement, technician: Technician) -> float:
    """The factor at the technician's level in the first skill asked: that of the nearest level at or below."""
    if not requirement.duration_factors or not requirement.skills:
        return 1.0
    level = max((s.level for s in technician.skills if s.skill == requirement.skills[0].skill), default=0)
    at_or_below = [n for n in requirement.duration_factors if n <= level]
    return requirement.duration_factors[max(at_or_below)] if at_or_below else 1.0
