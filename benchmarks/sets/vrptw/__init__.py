"""Vehicle routing with time windows: Solomon (1987), Gehring and Homberger (1999).

One reader, two sets by name: `vrptw` scores vehicles first, `vrptw-distance` the truncated distance alone.
"""

from benchmarks.sets.base import BenchmarkSet
from benchmarks.sets.vrplib import RouteSolution, read_sol, write_sol
from benchmarks.sets.vrptw import mapping
from benchmarks.sets.vrptw.reader import Instance, parse, recognises
from benchmarks.sets.vrptw.scorer import score_distance, score_hierarchical

__all__ = ["VRPTW", "VRPTW_DISTANCE", "Instance", "RouteSolution"]


def _read_solution(text: str, instance: Instance) -> RouteSolution:
    return read_sol(text, len(instance.demand))


VRPTW = BenchmarkSet(
    name="vrptw",
    recognises=recognises,
    parse=parse,
    read_solution=_read_solution,
    write_solution=write_sol,
    score=score_hierarchical,
    to_problem=mapping.to_problem_hierarchical,
    from_plan=mapping.from_plan_hierarchical,
    to_plan=mapping.to_plan_hierarchical,
)

VRPTW_DISTANCE = BenchmarkSet(
    name="vrptw-distance",
    recognises=recognises,
    parse=parse,
    read_solution=_read_solution,
    write_solution=write_sol,
    score=score_distance,
    to_problem=mapping.to_problem_distance,
    from_plan=mapping.from_plan_distance,
    to_plan=mapping.to_plan_distance,
)
