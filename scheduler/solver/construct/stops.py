"""What a lane is made of while a plan is constructed: stops, and the gaps that a booking fits into."""

from dataclasses import dataclass

from scheduler.solver.compiled import Spans

DEPOT = -1
"""Stands for the restocking stop where stops are named by slot."""
NEVER = 2**40


@dataclass(frozen=True)
class Stop:
    """A stay at a place. One with `spans` may begin at any of those ticks; without, it stays where it is."""

    start: int
    end: int
    place: int
    slot: int
    spans: Spans = ()


@dataclass(frozen=True)
class Gap:
    """A way to place a slot: start of service, cost, the stop it comes before, and a restocking stop in front of it."""

    start: int
    cost: float
    before: int = 0
    restock: Stop | None = None
