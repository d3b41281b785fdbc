"""Home healthcare with double visits (Mankowska et al., Health Care Manag. Sci. 2014): github iolab-uniud/hhcrsp."""

from benchmarks.sets.base import BenchmarkSet
from benchmarks.sets.hhcrsp.mapping import from_plan, to_plan, to_problem
from benchmarks.sets.hhcrsp.reader import Instance, parse, recognises
from benchmarks.sets.hhcrsp.scorer import score
from benchmarks.sets.hhcrsp.solution import Solution, Visit, read_solution, write_solution

__all__ = ["HHCRSP", "Instance", "Solution", "Visit"]

HHCRSP = BenchmarkSet(
    name="hhcrsp",
    recognises=recognises,
    parse=parse,
    read_solution=read_solution,
    write_solution=write_solution,
    score=score,
    to_problem=to_problem,
    from_plan=from_plan,
    to_plan=to_plan,
)
