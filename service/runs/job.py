"""What a solving process is given, and what it says."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Job:
    """One call of the library.

    Attributes
    ----------
    problem, standing
        JSON, and the plan to begin with where it is not the problem's own.
    memory
        Bytes that the process may have.
    executor
        Where parts of a large problem are solved: see `executors`.
    """

    run: str
    problem: bytes
    time_limit: float
    seed: int
    workers: int
    deterministic: float | None = None
    memory: int = 0
    executor: str = ""
    standing: bytes | None = None


@dataclass(frozen=True)
class Solved:
    """The plan as JSON, and the figures of its outcome."""

    plan: bytes
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Broken:
    """Why there is no plan, in a sentence for people; and for the log, where it broke."""

    sentence: str
    trace: str = ""
