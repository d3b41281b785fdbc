"""The best plan that can be made of given routes: set packing, by a mixed-integer program over the most promising."""

import math
import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from scheduler.solver.offer import Offer

PROMISING = 1000
"""Routes that are left for the program: those with the least reduced costs in its relaxation."""
NODES = 50
"""Of the search tree, at most."""
POLL_SECONDS = 0.05


def choose(offer: Offer, seconds: float | None, stop: Callable[[], bool] = lambda: False) -> list[int] | None:
    """The routes of the best plan that was found in so many seconds or, None, repeatably; None where none was."""
    end = time.monotonic() + (math.inf if seconds is None else seconds)

    def over() -> bool:
        return stop() or time.monotonic() >= end

    relaxed = _Packing("GLOP", offer, range(len(offer.cost)))
    if not relaxed.solved(over):
        return None
    reduced = np.where(offer.stands, -np.inf, relaxed.reduced_costs())
    promising = np.sort(np.argsort(reduced, kind="stable")[: PROMISING + int(offer.stands.sum())])
    packing = _Packing("SCIP", offer, promising.tolist())
    return packing.chosen() if not over() and packing.solved(over) else None


class _Packing:
    """The program over some of the routes: each activity is served once or left out, each class has so many lanes."""

    def __init__(self, by: str, offer: Offer, routes: Sequence[int]) -> None:
        self.solver = solver = pywraplp.Solver.CreateSolver(by)
        self.routes, self.taken = routes, [solver.BoolVar("") for _ in routes]
        once = [solver.Constraint(1.0, 1.0) for _ in offer.price]
        within = [solver.Constraint(0.0, float(room)) for room in offer.room]
        goal = solver.Objective()
        for n, taken in zip(routes, self.taken, strict=True):
            goal.SetCoefficient(taken, float(offer.cost[n]))
            within[offer.kind[n]].SetCoefficient(taken, 1.0)
            for activity in offer.serves[n]:
                once[activity].SetCoefficient(taken, 1.0)
        for served, price in zip(once, offer.price, strict=True):
            if price == np.inf:
                continue
            left = solver.BoolVar("")
            served.SetCoefficient(left, 1.0)
            goal.SetCoefficient(left, float(price))
        goal.SetMinimization()
        solver.SetHint(self.taken, offer.stands[list(routes)].astype(float).tolist())
        if by == "SCIP":
            solver.SetSolverSpecificParametersAsString(f"limits/nodes = {NODES}")

    def solved(self, over: Callable[[], bool]) -> bool:
        """Solve it until it is over; whether there is a solution."""
        done = threading.Event()
        threading.Thread(target=self._poll, args=(done, over), daemon=True).start()
        try:
            status = self.solver.Solve()
        finally:
            done.set()
        return status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE)

    def _poll(self, done: threading.Event, over: Callable[[], bool]) -> None:
        while not done.wait(POLL_SECONDS):
            if over():
                self.solver.InterruptSolve()

    def reduced_costs(self) -> NDArray[np.float64]:
        """Of the routes, in the relaxation."""
        return np.array([taken.reduced_cost() for taken in self.taken])

    def chosen(self) -> list[int]:
        """The routes that are taken."""
        return [n for n, taken in zip(self.routes, self.taken, strict=True) if taken.solution_value() > 0.5]
