"""The whole model: variables, what the compiled problem says, what rules add, the goal."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import floor

import numpy as np
from ortools.sat.python import cp_model

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.model.base import Expr
from scheduler.solver.model.focus import Focus
from scheduler.solver.model.lane import Lane
from scheduler.solver.model.pauses import ARRIVAL, DEPARTURE, RESTOCK
from scheduler.solver.model.timing import TimingModel
from scheduler.solver.rules import RULES
from scheduler.solver.rules.base import Rule, TermRule
from scheduler.solver.solution import Placed, Route, Solution


class SatModel(TimingModel):
    """A CP-SAT model of a compiled problem, or of a neighbourhood in it.

    `levels` are the integer costs to make small, the most important first: level 0 counts mandatory activities left
    out, held ones without the rest of their team and limits of the goal exceeded; then come the goal's levels.
    """

    def __init__(self, compiled: Compiled, rules: Sequence[Rule] = RULES, focus: Focus | None = None) -> None:
        super().__init__(compiled, focus)
        self._steps = {rule.term: rule.step(compiled) for rule in rules if isinstance(rule, TermRule)}
        self.levels: list[Expr] = [0] * (1 + len(compiled.problem.goal.levels))
        self.exceeded: list[Expr] = []
        for lacking in self.incomplete:
            self.levels[0] = self.levels[0] + lacking
        for activity, urgent in enumerate(compiled.urgent):
            if urgent:
                self.levels[0] = self.levels[0] + self.negated(self.scheduled(activity))
        assert self.lanes is not None
        self.add_rooms()
        self.add_limits()
        self.add_timing()
        for rule in rules:
            if not isinstance(rule, TermRule) or rule.term in compiled.prices or rule.term in compiled.limits:
                rule.encode(compiled, self)

    def price(self, term: Term, expression: Expr) -> None:
        if term in self.c.prices:
            price = self.c.prices[term]
            self.levels[1 + price.level] = self.levels[1 + price.level] + price.per_step * expression
        if term in self.c.limits:
            exceeded = self.boolean(f"exceeds {term}")
            self.demand(expression <= floor(self.c.limits[term] / self._steps[term] + 1e-6), [self.negated(exceeded)])
            self.exceeded.append(exceeded)
            self.levels[0] = self.levels[0] + exceeded

    def hint(self, solution: Solution) -> None:
        """Suggest a solution as the place to start from."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        for (slot, lane), literal in self._in.items():
            placed = solution.placed.get(slot)
            self._hint(literal, placed is not None and placed.lane == lane)
        for slot, start in self._start.items():
            if slot in solution.placed:
                self._hint(start, solution.placed[slot].start)
        for activity, scheduled in self._scheduled.items():
            self._hint(scheduled, any(s in solution.placed for s in self.c.slots_of[activity]))
        for n, found in enumerate(self.lanes):
            self._hint_lane(found, solution.routes.get(n))

    def _hint(self, variable: Expr, value: int) -> None:
        if isinstance(variable, cp_model.IntVar):
            self.cp.add_hint(variable, int(value))

    def _hint_lane(self, lane: Lane, route: Route | None) -> None:
        names = (DEPARTURE, *(route.slots if route else ()), ARRIVAL)
        follows = set(pairwise(names)) if route and route.restock is None else set()
        if route is None or route.restock is None:
            for arc, literal in lane.arcs.items():
                self._hint(literal, arc in follows)
        if route is not None:
            self._hint(lane.departure, route.departure)
            self._hint(lane.arrival, route.arrival)
            for pause, start in route.breaks:
                self._hint(lane.breaks[pause].taken, True)
                self._hint(lane.breaks[pause].start, start)

    def keep_order(self, solution: Solution) -> None:
        """Leave nothing out that is booked, and keep the order of each day, whether or not it visits the depot."""
        for slot in solution.placed:
            self.demand(self.present(slot) == 1)
        for route in solution.routes.values():
            for before, after in pairwise(route.slots):
                self.demand(self.start(before) <= self.start(after))

    def fix(self, solution: Solution) -> None:
        """Admit only this solution: its bookings, nothing mandatory left out, no limit of the goal exceeded."""
        for slot in range(len(self.c.slots)):
            placed = solution.placed.get(slot)
            self.demand(self._present[slot] == int(placed is not None))
            if placed is not None:
                self.demand(self.in_lane(slot, placed.lane) == 1)
                self.demand(self._start[slot] == placed.start)
                self.demand(self._size[slot] == placed.duration)
        for activity in np.flatnonzero(self.c.urgent):
            self.demand(self.scheduled(int(activity)) == 1)
        for exceeded in self.exceeded:
            self.demand(exceeded == 0)

    def solution(self, value: "cp_model.CpSolver | cp_model.CpSolverSolutionCallback") -> Solution:
        """The solution that CP-SAT found."""

        def number(expression: Expr) -> int:
            return expression if isinstance(expression, int) else int(value.value(expression))

        placed = {
            slot: Placed(
                next(v for v in self._lanes[slot] if number(self._in[slot, v])),
                number(self._start[slot]),
                number(self._size[slot]),
            )
            for slot in range(len(self.c.slots))
            if number(self._present[slot])
        }
        routes = {n: _route(lane, number) for n, lane in enumerate(self.lanes) if lane.stops and number(lane.used)}
        if self.focus is not None:
            routes = {**{n: r for n, r in self.focus.at.routes.items() if n not in self.focus.lanes}, **routes}
        return Solution(placed, routes)


def _route(lane: Lane, number: Callable[[Expr], int]) -> Route:
    follows = {a: b for (a, b), literal in lane.arcs.items() if number(literal)}
    order, at = [], follows.get(DEPARTURE, ARRIVAL)
    while at != ARRIVAL:
        order.append(at)
        at = follows[at]
    breaks = tuple((n, number(b.start)) for n, b in enumerate(lane.breaks) if number(b.taken))
    restock = number(lane.restock.start) if lane.restock is not None and RESTOCK in order else None
    return Route(tuple(s for s in order if s >= 0), number(lane.departure), number(lane.arrival), breaks, restock)
