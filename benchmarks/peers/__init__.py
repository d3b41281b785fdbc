"""Other solvers on the same instances: a file each turns routing into its input and its answer back."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from benchmarks.peers import ortools, pyvrp, vroom
from benchmarks.peers.child import Solve, in_child
from benchmarks.peers.routing import Found, Routing
from benchmarks.peers.views import beyond_routing, routing_of, solution_of
from benchmarks.sets.base import AnySet

MOST_CELLS = 36_000_000
"""Of all matrices together: 6,000 places in one."""


@dataclass(frozen=True)
class Peer:
    """A solver that is not ours.

    Attributes
    ----------
    name, distribution
        On the command line and in the tables; the package whose version is written down.
    expresses
        What its input can hold, in the words of `routing.py`.
    own_time
        It takes the time that it takes: neither budget nor seed change its answer.
    matrices
        How many matrices of travel it needs.
    """

    name: str
    distribution: str
    expresses: frozenset[str]
    solve: Solve
    own_time: bool = False
    matrices: Callable[[Routing], int] = lambda routing: 1

    @property
    def release(self) -> str:
        """Name and version."""
        return f"{self.name} {version(self.distribution)}"

    def unsupported(self, benchmark: AnySet, instance: Any) -> str:
        """Say what the peer cannot express of an instance; empty when it can have the whole of it."""
        if beyond := beyond_routing(benchmark, instance):
            return beyond
        routing = routing_of(benchmark, instance)
        if lacking := sorted(routing.needs - self.expresses):
            return ", ".join(lacking)
        count = self.matrices(routing)
        too_large = count * routing.places**2 > MOST_CELLS
        return f"{routing.places} places in {count} matrices of travel: too large" if too_large else ""

    def run(self, benchmark: AnySet, instance: Any, seconds: float, seed: int) -> tuple[Any, Found]:
        """Return its solution in the set's own format, and what it used."""
        found = in_child(self.solve, routing_of(benchmark, instance), seconds, seed)
        return solution_of(benchmark, instance, found.routes), found


PEERS = {
    peer.name: peer
    for peer in (
        Peer("pyvrp", "pyvrp", pyvrp.EXPRESSES, pyvrp.solve, matrices=pyvrp.matrices),
        Peer("ortools", "ortools", ortools.EXPRESSES, ortools.solve),
        Peer("vroom", "pyvroom", vroom.EXPRESSES, vroom.solve, own_time=True),
    )
}
"""All peers, by name."""

__all__ = ["PEERS", "Found", "Peer"]
