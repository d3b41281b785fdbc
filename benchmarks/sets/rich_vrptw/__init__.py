"""Richer VRPTW variants with several depots, prizes, or vehicle-dependent customers: github PyVRP/Instances."""

from benchmarks.sets.base import BenchmarkSet
from benchmarks.sets.rich_vrptw.mapping import from_plan, to_plan, to_problem
from benchmarks.sets.rich_vrptw.reader import Instance, parse, recognises
from benchmarks.sets.rich_vrptw.scorer import score
from benchmarks.sets.vrplib import RouteSolution, read_sol, write_sol

__all__ = ["RICH_VRPTW", "Instance", "RouteSolution"]


def _read_solution(text: str, instance: Instance) -> RouteSolution:
    return read_sol(text, len(instance.demand))


RICH_VRPTW = BenchmarkSet(
    name="rich_vrptw",
    recognises=recognises,
    parse=parse,
    read_solution=_read_solution,
    write_solution=write_sol,
    score=score,
    to_problem=to_problem,
    from_plan=from_plan,
    to_plan=to_plan,
)
