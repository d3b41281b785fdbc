"""A technician has every skill that the requirement asks for, at the level asked or better, unexpired on that day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from scheduler.domain.activity import SkillNeed
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import BOTH, RESOURCE, Example, Reach, Rule
from scheduler.solver.travel import Ints
from scheduler.solver.view import View


class SkillMatch(Rule):
    id = "skill-match"
    concerns = BOTH
    unit = "levels"
    reach = Reach.ACTIVITY
    static = True

    def check(self, view: View) -> Iterable[Violation]:
        for booking, technician in view.technicians_bookings:
            for need in view.requirement(booking).skills:
                known = [s for s in technician.skills if s.skill == need.skill]
                ever = level = max((s.level for s in known), default=0)
                if any(s.expires for s in known):
                    level = technician.level(need.skill, view.day_of[booking.key].date)
                if level < need.level:
                    yield self.violation(
                        booking.key,
                        amount=need.level - level,
                        resource=technician.id,
                        concerns=BOTH if ever >= need.level else RESOURCE,
                        skill=need.skill,
                        asked=need.level,
                        level=level,
                        expired=ever >= need.level,
                    )

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        best = [
            {s.skill: s.level for s in sorted(technician.skills, key=lambda s: s.level)}
            for technician in problem.technicians
        ]
        for skills, slots in _slots_by_skills(problem, compiled).items():
            lacking = {r for r, has in enumerate(best) if any(has.get(n.skill, 0) < n.level for n in skills)}
            compiled.suits[slots[:, None], sorted(lacking)] = False
            for r, technician in enumerate(problem.technicians):
                if r not in lacking and any(s.expires for s in technician.skills):
                    for lane in compiled.lanes_of[r]:
                        day = compiled.lanes.day[lane]
                        if day and any(technician.level(need.skill, day) < need.level for need in skills):
                            compiled.barred |= {(int(slot), lane) for slot in slots}

    def explain(self, violation: Violation) -> str:
        d, activity = violation.details, violation.bookings[0].activity
        if d["expired"]:
            return f"{violation.resource}'s skill {d['skill']} has expired by the day of {activity}"
        has = f"has level {d['level']} in" if d["level"] else "lacks"
        return f"{activity} asks for {d['skill']} at level {d['asked']}; {violation.resource} {has} {d['skill']}"

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(
            sample.activity(requirements=(sample.needs(skills={"gas": 2}),)),
            technicians=(sample.technician("ann", {"gas": 2}), sample.technician("bob", {"gas": 1})),
        )
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:00", resource="bob")),
        )
        expiring = ({"skill": "gas", "level": 2, "expires": sample.MONDAY.date()},)
        ann = sample.technician("ann")
        ann = type(ann).model_validate({**dict(ann), "skills": expiring})
        asking = sample.activity(requirements=(sample.needs(skills={"gas": 2}),))
        problem = sample.problem(asking, technicians=(ann,), days=2)
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:00", day=1)),
        )


def _slots_by_skills(problem: Problem, compiled: Compiled) -> dict[tuple[SkillNeed, ...], Ints]:
    groups: dict[tuple[SkillNeed, ...], list[int]] = defaultdict(list)
    for slot, key in enumerate(compiled.slots.keys):
        if skills := problem.requirement(key).skills:
            groups[skills].append(slot)
    return {skills: np.array(slots) for skills, slots in groups.items()}
