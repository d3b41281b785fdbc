"""Unified home healthcare routing and scheduling (Ceschia et al., ITOR 2026): github iolab-uniud/uhhc."""

from benchmarks.sets.base import BenchmarkSet
from benchmarks.sets.uhhc.mapping import to_problem
from benchmarks.sets.uhhc.plans import from_plan, to_plan
from benchmarks.sets.uhhc.reader import Instance, parse, recognises
from benchmarks.sets.uhhc.scorer import score
from benchmarks.sets.uhhc.solution import Solution, Stop, read_solution, write_solution

__all__ = ["UHHC", "Instance", "Solution", "Stop"]

UHHC = BenchmarkSet(
    name="uhhc",
    recognises=recognises,
    parse=parse,
    read_solution=read_solution,
    write_solution=write_solution,
    score=score,
    to_problem=to_problem,
    from_plan=from_plan,
    to_plan=to_plan,
)
