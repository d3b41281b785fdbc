"""Technician routing and scheduling (Pillac, Gueret, Medaglia 2012): github vpillac/vroom."""

from benchmarks.sets.base import BenchmarkSet
from benchmarks.sets.trsp.mapping import from_plan, to_plan, to_problem
from benchmarks.sets.trsp.reader import Instance, parse, parse_release_dates, recognises
from benchmarks.sets.trsp.scorer import score
from benchmarks.sets.trsp.solution import DEPOT, Solution, read_solution, write_solution

__all__ = ["DEPOT", "TRSP", "Instance", "Solution", "parse_release_dates"]

TRSP = BenchmarkSet(
    name="trsp",
    recognises=recognises,
    parse=parse,
    read_solution=read_solution,
    write_solution=write_solution,
    score=score,
    to_problem=to_problem,
    from_plan=from_plan,
    to_plan=to_plan,
)
