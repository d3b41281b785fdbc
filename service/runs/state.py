"""What a run is, for whoever asks for one or looks at it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scheduler.domain.base import Id, Value
from service.planning.scope import Scope


class RunStatus(StrEnum):
    """A run that ended `done` has a proposal; one that `failed` says why."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"


HELD = (RunStatus.RUNNING, RunStatus.STOPPING)


class IfChanged(StrEnum):
    """What becomes of a result when what was given has changed meanwhile."""

    REBASE = "rebase"
    """It is fitted to what is given now."""
    REFUSE = "refuse"
    """The run fails and says so."""


class Asked(Value):
    """What to solve, and how.

    Attributes
    ----------
    plan, scope
        Either the plan whose scope counts, or a scope.
    time_limit
        Seconds for the search.
    seed
        With the same problem, seed and `deterministic` budget, and one worker, a run can be repeated.
    workers
        Threads.
    """

    plan: Id | None = None
    scope: Scope | None = None
    name: Annotated[str, Field(max_length=200)] = ""
    time_limit: Annotated[float, Field(gt=0, le=24 * 3600)] = 30.0
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    workers: Annotated[int, Field(ge=1, le=256)] = 2
    deterministic: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    if_changed: IfChanged = IfChanged.REBASE

    @model_validator(mode="after")
    def _one_of_both(self) -> "Asked":
        if (self.plan is None) == (self.scope is None):
            raise ValueError("needs either the plan whose scope counts, or a scope; give one of them")
        return self


class Seen(BaseModel):
    """Where the solver stands. Costs and bounds by level of the goal, mandatory activities left out before them."""

    stage: str
    seconds: float
    cost: tuple[float, ...] = ()
    bound: tuple[float, ...] = ()
    scheduled: int = 0
    total: int = 0


class Result(BaseModel):
    """What came out, and what repeats it.

    Attributes
    ----------
    rebased
        How often it was fitted to what had changed meanwhile.
    memory
        Largest resident memory of the solving process, in bytes.
    """

    stopped: str
    cost: tuple[float, ...]
    bound: tuple[float, ...]
    gap: float | None
    steps: int
    seconds: float
    scheduled: int
    unscheduled: int
    breaches: int
    seed: int
    versions: dict[str, str]
    memory: int
    rebased: int = 0


class Run(BaseModel):
    """One solve. `revision` grows with each change; `etag` only changes when somebody stops it, and when it ends."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    etag: str
    status: RunStatus
    plan: Annotated[str | None, Field(description="The plan whose scope was taken.")]
    asked: Asked
    base: Annotated[int, Field(description="The newest publication when it was asked for.")]
    fingerprint: Annotated[str, Field(description="Of the problem, which is at /runs/{id}/problem.")]
    progress: Seen | None
    outcome: Result | None
    message: str
    proposal: Annotated[str | None, Field(description="The plan that it made.")]
    created_at: datetime
    created_by: str
    started_at: datetime | None
    ended_at: datetime | None
    revision: int
