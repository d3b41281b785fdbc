"""The variables of one technician's day."""

from dataclasses import dataclass, field

from scheduler.solver.model.base import Expr
from scheduler.solver.model.pauses import Blocked, FloatingBreak, Stop


@dataclass(frozen=True)
class Leg:
    """A drive that may be made."""

    taken: Expr
    ticks: int
    steps: int


@dataclass
class Lane:
    """What a day route is made of. A lane outside the focus has constants."""

    used: Expr = 0
    departure: Expr = 0
    arrival: Expr = 0
    stops: list[Stop] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    arcs: dict[tuple[int, int], Expr] = field(default_factory=dict)
    breaks: list[FloatingBreak] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    leave: Stop | None = None
    reach: Stop | None = None
    restock: Stop | None = None
    after_restock: dict[int, Expr] = field(default_factory=dict)

    @property
    def pauses(self) -> list[Blocked | FloatingBreak]:
        """Breaks and blocked spans."""
        return [*self.breaks, *self.blocked]
