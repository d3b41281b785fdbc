"""What every benchmark set offers: a reader, its published solution format, and a scorer of its own objective.

A scorer sees the raw instance and the published format only. It shares no code with any search, so that an error in
the mapping onto the scheduler's domain shows up as a difference between the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem

IntMatrix = NDArray[np.int64]
FloatMatrix = NDArray[np.float64]

InstanceT = TypeVar("InstanceT")
SolutionT = TypeVar("SolutionT")


class FormatError(ValueError):
    """The text is not in the format that was asked for; the message says what is missing or unreadable."""


@dataclass(frozen=True)
class Score:
    """A solution's value in its set's own objective.

    Attributes
    ----------
    cost
        What the set minimises last, in the unit of its published tables.
    components
        The terms of the objective by their published names; weights are applied where the set has weights.
    unscheduled
        Visits (patients, requests, customers) that the solution leaves out.
    violations
        Breaches of hard rules, a sentence each. Empty means feasible.
    priority
        What the set minimises before the cost, most important first (vehicles, unserved requests).
    """

    cost: float
    components: Mapping[str, float]
    unscheduled: int
    violations: tuple[str, ...]
    priority: tuple[float, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether no hard rule is broken."""
        return not self.violations

    @property
    def objective(self) -> tuple[float, ...]:
        """The whole objective, to compare feasible solutions lexicographically."""
        return (*self.priority, self.cost)


@dataclass(frozen=True)
class BenchmarkSet(Generic[InstanceT, SolutionT]):
    """One public set: how to recognise, read, write and score it.

    Attributes
    ----------
    name
        The set's name on the command line.
    recognises
        Whether a text is an instance of this set, judged by content alone.
    parse
        Text and name to instance; raises `FormatError` (or pydantic's `ValidationError`, also a `ValueError`).
    read_solution, write_solution
        The set's published solution format. Writing and reading again gives the same solution.
    score
        The set's objective, with the breaches of its hard rules.
    to_problem
        The instance in the domain's words, with nothing left out; the levels of the goal are those of the objective.
    from_plan
        A plan in the published format.
    to_plan
        A published solution as a plan of the problem that `to_problem` gives.
    """

    name: str
    recognises: Callable[[str], bool]
    parse: Callable[[str, str], InstanceT]
    read_solution: Callable[[str, InstanceT], SolutionT]
    write_solution: Callable[[SolutionT], str]
    score: Callable[[InstanceT, SolutionT], Score]
    to_problem: Callable[[InstanceT], Problem]
    from_plan: Callable[[InstanceT, Plan], SolutionT]
    to_plan: Callable[[InstanceT, SolutionT], Plan]

    def read(self, path: Path) -> InstanceT:
        """Read an instance from a file, named after the file."""
        return self.parse(path.read_text(encoding="utf-8"), path.stem)


AnySet = BenchmarkSet[Any, Any]


def euclidean(coordinates: FloatMatrix) -> FloatMatrix:
    """Return the matrix of Euclidean distances between points, shape (n, 2) to (n, n), in double precision."""
    legs = coordinates[:, None, :] - coordinates[None, :, :]
    return np.asarray(np.hypot(legs[..., 0], legs[..., 1]), dtype=np.float64)


def round_half_up(values: FloatMatrix) -> IntMatrix:
    """Round to the nearest integer, halves up (numpy rounds them to even)."""
    return np.asarray(np.floor(values + 0.5), dtype=np.int64)


def truncated(values: FloatMatrix, scale: int) -> IntMatrix:
    """Multiply by `scale` and drop what is behind the point."""
    return np.asarray(np.floor(scale * values), dtype=np.int64)


def shortest_shift(stops: list[tuple[float, float]], legs: list[float]) -> tuple[list[float], float]:
    """Return the earliest start at each stop and the departure that makes the shift shortest.

    Parameters
    ----------
    stops
        Windows (earliest, latest start) in visiting order, start and end point included.
    legs
        From the start at a stop to the arrival at the next: service plus travel; one fewer than stops.

    The end cannot come before the earliest schedule's end; leaving as late as that end allows takes all avoidable
    waiting out. Lateness is the caller's to judge: the starts ignore the windows' ends.
    """
    starts = [stops[0][0]]
    for (earliest, _), leg in zip(stops[1:], legs, strict=True):
        starts.append(max(earliest, starts[-1] + leg))
    latest = starts[-1]
    for (_, due), leg in zip(reversed(stops[:-1]), reversed(legs), strict=True):
        latest = min(due, latest - leg)
    return starts, max(latest, stops[0][0])
