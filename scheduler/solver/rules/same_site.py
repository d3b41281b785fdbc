"""Everybody and every room booked for an activity that asks for one site belongs to the same site.

Resources without a site belong together, and to no other site.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import RESOURCE, Example, Reach, Rule
from scheduler.solver.view import View


class SameSite(Rule):
    id = "same-site"
    concerns = RESOURCE
    unit = "bookings"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        """The amount is how many are booked outside the site that most belong to."""
        for name, bookings in view.plan.by_activity.items():
            if view.problem.activity[name].same_site:
                sites = Counter(view.problem.resource[b.resource].site for b in bookings)
                if len(sites) > 1:
                    keys = (b.key for b in bookings)
                    who = [f"{b.resource} ({view.problem.resource[b.resource].site or 'no site'})" for b in bookings]
                    off = len(bookings) - max(sites.values())
                    yield self.violation(*keys, amount=off, activity=name, who=", ".join(who))

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for n, name in enumerate(compiled.activities):
            slots = compiled.slots_of[n]
            if problem.activity[name].same_site and len(slots) > 1:
                compiled.together.append(tuple(slots))

    def explain(self, violation: Violation) -> str:
        return f"{violation.activity} asks for one site, but is given {violation.details['who']}"

    def examples(self) -> Iterator[Example]:
        roles = (sample.needs(), sample.needs("lab", kind="room"))
        rooms = (sample.room("lab", site="north"), sample.room("annexe", site="south"))
        problem = sample.problem(
            sample.activity(place=None, requirements=roles, same_site=True),
            technicians=(sample.technician(site="north"), sample.technician("bob")), rooms=rooms,
        )  # fmt: skip
        ann, bob = (sample.booking("a", "9:00", resource=who) for who in ("ann", "bob"))
        north, south = (sample.booking("a", "9:00", resource=r, requirement="lab") for r in ("lab", "annexe"))
        good = sample.plan(problem, ann, north)
        yield Example(problem, good, sample.plan(problem, ann, south))
        yield Example(problem, good, sample.plan(problem, bob, north))
