"""The compiled search as an engine that the conformance suite holds against the checks."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from scheduler.domain.plan import BookingKey, Plan
from scheduler.solver.compiled import Compiled, meet
from scheduler.solver.construct import construct
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.money import Money
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.kernel.weights import Weights
from scheduler.solver.rules import RULES, TermRule
from scheduler.solver.solution import Solution, from_plan, to_plan
from scheduler.solver.verify import verify
from tests.solver.test_conformance_examples import in_ticks

STEPS, TRIES = 20, 4
ALONG = (0.0, 0.5, 1.0)
DEAR = 1e7


class LocalSearch:
    """Plans come by steps from what is held and what stands, or from what is held alone."""

    plans = 15

    def __init__(self, compiled: Compiled) -> None:
        self.compiled, self.problem = compiled, compiled.problem
        self.limited = {r.id for r in RULES if isinstance(r, TermRule) and r.term in self.problem.goal.limits}
        self.mandatory = [
            name
            for name, urgent in zip(compiled.activities, compiled.urgent, strict=True)
            if urgent or self.problem.activity[name].mandatory
        ]
        self.standing = None
        if self.problem.standing is not None:
            self.standing = from_plan(compiled, with_routes(self.problem, self.problem.standing))

    def dreamt(self, seed: int) -> Iterator[tuple[Plan, tuple[float, ...]]]:
        """As they are loaded, and after some steps hot, warm and cold."""
        for start in [self.standing] if self.standing is None else [None, self.standing]:
            kernel = Kernel(self.compiled, seed % 2**31)
            kernel.load(self._begun(self.compiled, start))
            yield from self._told(kernel)
            for along in ALONG if kernel.can_move else ():
                kernel.anneal(along, STEPS)
                yield from self._told(kernel)

    def _told(self, kernel: Kernel) -> Iterator[tuple[Plan, tuple[float, ...]]]:
        """The best plan, and its cost by level; no cost where the search does not price what stands."""
        plan = to_plan(self.compiled, kernel.best)
        verdict = verify(self.problem, plan)
        if {v.rule for v in verdict.breaches} & self.limited:
            return  # the search leaves limits of the goal to the judge
        outside = [n for n, name in enumerate(self.compiled.activities) if name not in plan.by_activity]
        lane = kernel.arrays.lane
        source, frozen = lane[:, at.SOURCE], set(lane[lane[:, at.FROZEN] == 1, at.SOURCE].tolist())
        more = kernel.arrays.price - Money(self.compiled, source, Weights(self.compiled)).of_leaving_out()
        stands = frozen & {placed.lane for placed in kernel.best.placed.values()}
        yield plan, () if stands or self._is_lacking(plan) else (kernel.cost - float(more[outside].sum()),)

    def _is_lacking(self, plan: Plan) -> bool:
        """Whether roles lie open beside held ones; what that costs nothing can change."""
        booked = set(plan.by_key)
        sets = (
            {BookingKey(a.id, r.id, n) for r in chosen for n in range(r.count)}
            for a in self.problem.activities
            if a.id in plan.by_activity
            for chosen in a.requirement_sets
        )
        return any(s & booked and not s <= booked for s in sets)

    def completed(self, plan: Plan) -> Plan | None:
        """The plan that inserting comes to where each slot has no place but the given one."""
        wanted = in_ticks(self.compiled, plan)
        if wanted is None or any(name not in plan.by_activity for name in self.mandatory):
            return None
        fixed = self._fixed(wanted)
        kernel = Kernel(fixed)
        kernel.arrays.price[:], kernel.leaving.share = DEAR, 1.0
        kernel.load(self._begun(fixed, self._stands(wanted)))
        for along in np.linspace(0.0, 1.0, TRIES):
            found = kernel.best
            if found.placed == wanted.placed:
                whole = to_plan(self.compiled, found)
                return None if {v.rule for v in verify(self.problem, whole).breaches} & self.limited else whole
            if kernel.can_move:
                kernel.anneal(along, STEPS)
        return None

    def may_refuse(self, plan: Plan) -> bool:
        """Where it gives bookings to days and rooms that stand still, hangs on what exempts a breach, has somebody in
        two roles of an activity, or may need a break of no time that is taken as a drive begins.

        See `docs/architecture.md`.
        """
        exempted = any(v.exempted for v in verify(self.problem, plan).violations)
        twice = len({(b.activity, b.resource) for b in plan.bookings}) < len(plan.bookings)
        momentary = any(b.after_drive and not b.duration for t in self.problem.technicians for b in t.breaks)
        return exempted or twice or momentary or self._where_it_stands_still(plan)

    def _where_it_stands_still(self, plan: Plan) -> bool:
        kernel = Kernel(self.compiled)
        kernel.load(self._begun(self.compiled, None))
        rows = kernel.arrays.lane
        still = set(rows[rows[:, at.FROZEN] == 1, at.RESOURCE].tolist())
        return any(self.compiled.resources.index(b.resource) in still for b in plan.bookings)

    def _begun(self, compiled: Compiled, start: Solution | None) -> Solution:
        """What is held and what stands; where what is waived stands against another rule, what is held alone."""
        begun = construct(compiled, start, lambda: True)
        breaches = {v.rule for v in verify(self.problem, to_plan(compiled, begun)).breaches} - {"mandatory"}
        return construct(compiled, None, lambda: True) if breaches else begun

    def _stands(self, wanted: Solution) -> Solution | None:
        """What stands as wanted, activities as a whole."""
        if self.standing is None:
            return None
        owner = self.compiled.slots.activity
        others = {int(owner[s]) for s, p in self.standing.placed.items() if wanted.placed.get(s) != p}
        placed = {s: p for s, p in self.standing.placed.items() if int(owner[s]) not in others}
        kept = {
            lane: replace(r, slots=tuple(s for s in r.slots if s in placed)) for lane, r in self.standing.routes.items()
        }
        return Solution(placed, {lane: route for lane, route in kept.items() if route.slots})

    def _fixed(self, wanted: Solution) -> Compiled:
        """No slot may be anywhere else than in `wanted`."""
        c = self.compiled
        starts, suits, barred = list(c.starts), np.zeros_like(c.suits), set(c.barred)
        for slot, placed in wanted.placed.items():
            resource = c.lanes.resource[placed.lane]
            starts[slot] = meet(starts[slot], ((placed.start, placed.start),))
            suits[slot, resource] = c.suits[slot, resource]
            barred |= {(slot, lane) for lane in c.lanes_of[resource] if lane != placed.lane}
        return replace(c, starts=starts, suits=suits, barred=barred)
