"""The constraint-programming model: CP-SAT behind the questions that rules ask."""

from scheduler.solver.model.focus import Focus
from scheduler.solver.model.sat import SatModel

__all__ = ["Focus", "SatModel"]
