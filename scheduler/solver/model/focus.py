"""Which part of a plan a model may change."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from scheduler.solver.compiled import Compiled
from scheduler.solver.solution import Placed, Solution


@dataclass(frozen=True)
class Focus:
    """A neighbourhood of a solution.

    The slots of `free` activities may go anywhere inside `lanes` (and into any room) or be left out; the other
    technicians' slots in `lanes` keep their lane and their order and may shift in time; all else stays as it is.
    """

    at: Solution
    free: frozenset[int]
    lanes: frozenset[int]

    def is_free(self, compiled: Compiled, slot: int) -> bool:
        return int(compiled.slots.activity[slot]) in self.free

    def kept(self, compiled: Compiled, slot: int) -> Placed | None:
        """Where the slot stays when it may only shift in time; None when it is free or fixed."""
        placed = self.at.placed.get(slot)
        inside = placed is not None and placed.lane in self.lanes and not self.is_free(compiled, slot)
        return placed if inside else None

    @cached_property
    def follower(self) -> dict[int, int]:
        """In routes of the neighbourhood, the next slot."""
        routes = (self.at.routes[v].slots for v in self.lanes if v in self.at.routes)
        return {a: b for slots in routes for a, b in pairwise(slots)}
