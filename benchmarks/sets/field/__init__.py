"""Field service, drawn from a recipe: skills with levels, shifts, lunches, double visits, rooms, absences, locks."""

from benchmarks.sets.base import BenchmarkSet
from benchmarks.sets.field.generator import Recipe, draw
from benchmarks.sets.field.instance import Instance
from benchmarks.sets.field.mapping import from_plan, to_plan, to_problem
from benchmarks.sets.field.reader import parse, recognises, write
from benchmarks.sets.field.scorer import score
from benchmarks.sets.field.solution import Solution, read_solution, write_solution

__all__ = ["FIELD", "Instance", "Recipe", "Solution", "draw", "write"]

FIELD = BenchmarkSet(
    name="field",
    recognises=recognises,
    parse=parse,
    read_solution=read_solution,
    write_solution=write_solution,
    score=score,
    to_problem=to_problem,
    from_plan=from_plan,
    to_plan=to_plan,
)
