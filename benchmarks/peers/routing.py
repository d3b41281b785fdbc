"""What routing solvers have in common: stops, vehicles, a matrix. Instances become this, and this a peer's input."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from benchmarks.sets.base import IntMatrix

CAPACITY = "capacity"
SKILLS = "skills"
DURATION_LIMIT = "a limit on the duration of a route"
PRIZES = "prizes weighed against distance"
PRIORITIES = "priorities before travel"
BREAKS = "a break that floats in its window"


@dataclass(frozen=True)
class Stop:
    """One place to be served by one vehicle, at `window` (earliest, latest start).

    `prize` is what leaving it out costs, in the unit of the distance or, with priorities, before it; None: mandatory.
    """

    place: int
    service: int
    window: tuple[int, int]
    demand: int = 0
    skills: frozenset[int] = frozenset()
    prize: int | None = None


@dataclass(frozen=True)
class Pause:
    """A break of `length`, that begins in `window`, on its own or in the middle of a drive."""

    length: int
    window: tuple[int, int]


@dataclass(frozen=True)
class Vehicle:
    """One vehicle, or one technician's day; equal ones can be told apart by their position only."""

    start: int
    end: int
    window: tuple[int, int]
    capacity: int = 0
    skills: frozenset[int] = frozenset()
    max_duration: int | None = None
    pause: Pause | None = None


@dataclass(frozen=True, eq=False)
class Routing:
    """All in whole units; the distance is what is minimised, and the same matrix is the duration of the drives.

    The matrix over `places` is made by `drives` (which must be picklable) when it is first asked for.
    """

    stops: Sequence[Stop]
    vehicles: Sequence[Vehicle]
    places: int
    drives: Callable[[], IntMatrix]
    priorities: bool = False

    @cached_property
    def travel(self) -> IntMatrix:
        """Shape (places, places)."""
        return self.drives()

    @property
    def needs(self) -> frozenset[str]:
        """What a solver must be able to express, beyond windows, several depots and a limited fleet."""
        prized = any(stop.prize is not None for stop in self.stops)
        found = {
            CAPACITY: any(stop.demand for stop in self.stops),
            SKILLS: any(stop.skills for stop in self.stops),
            DURATION_LIMIT: any(vehicle.max_duration is not None for vehicle in self.vehicles),
            PRIZES: prized and not self.priorities,
            PRIORITIES: prized and self.priorities,
            BREAKS: any(vehicle.pause for vehicle in self.vehicles),
        }
        return frozenset(name for name, needed in found.items() if needed)


@dataclass(frozen=True)
class Route:
    """The stops of one vehicle in order; the times of their starts, and of the pause, where the solver says them."""

    stops: tuple[int, ...]
    starts: tuple[int, ...] = ()
    pause: int | None = None


Routes = dict[int, Route]
"""By the position of the vehicle; vehicles that stay at home are left out."""


@dataclass(frozen=True)
class Found:
    """What a peer found, and the CPU seconds and peak memory of the process that it ran in."""

    routes: Routes = field(default_factory=dict)
    cpu_s: float = 0.0
    memory_mb: float = 0.0
