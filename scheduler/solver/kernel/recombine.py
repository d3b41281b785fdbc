"""Late routes are pooled; now and then the best plan that can be made of them is where the search goes on."""

from collections.abc import Iterable

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Ints
from scheduler.solver.kernel.engine import Engine
from scheduler.solver.kernel.pooled import Pool, Route, bound_slots, loose_lanes, routes_of, write
from scheduler.solver.offer import Choose, Offer

POOLED_FROM = 0.3
"""How far along a cooling routes are pooled."""
SHARE = 0.08
"""Part of the seconds that putting them together may take."""


class Recombiner:
    """Looks after a search."""

    def __init__(self, engine: Engine, pool: Pool, choose: Choose, seconds: float | None) -> None:
        self._engine, self._pool, self._choose = engine, pool, choose
        self._seconds = None if seconds is None else seconds * SHARE
        self._bound = bound_slots(engine.arrays)
        self._known = np.full(len(engine.arrays.lane), np.nan)
        self._able = not (engine.arrays.rate[[at.OVERALL, at.IDLE]] > 0).any()
        """Whether routes can be judged one by one."""

    def look(self, along: float) -> None:
        """Pool what is new after some steps."""
        if not self._able or along < POOLED_FROM:
            return
        arrays, kept = self._engine.arrays, self._engine.kept
        new = loose_lanes(arrays, kept, self._bound) & (kept.cost != self._known)
        self._known[:] = kept.cost
        self._pool.add(routes_of(arrays, kept, np.flatnonzero(new).tolist()))

    def recombine(self) -> None:
        """Go on from the best plan that the pool allows, if it is better than the best so far."""
        if not self._able:
            return
        engine, best = self._engine, self._engine.best_state
        loose = np.flatnonzero(loose_lanes(engine.arrays, best, self._bound))
        stand = {route.key for route in routes_of(engine.arrays, best, loose.tolist())}
        self._pool.add(routes_of(engine.arrays, best, loose.tolist()))
        routes, offer = self._offer(loose, stand)
        chosen = self._choose(offer, self._seconds)
        if chosen is not None and _cost(offer, chosen) < _cost(offer, np.flatnonzero(offer.stands)) - 1e-6:
            engine.return_to_best()
            write(engine.arrays, engine.at_hand, loose, [routes[n] for n in chosen])
            engine.adopt(loose)

    def _offer(self, loose: Ints, stand: "set[tuple[int, frozenset[int]]]") -> tuple[list[Route], Offer]:
        """What may go into the loose lanes of the best plan: its own routes, and pooled ones."""
        arrays, best = self._engine.arrays, self._engine.best_state
        slots = len(self._bound)
        where, owner = best.node[:slots, at.LANE], arrays.node[:slots, at.ACTIVITY]
        free = np.ones(len(arrays.activity), dtype=np.bool_)
        free[owner[self._bound]] = False
        free[owner[(where >= 0) & ~np.isin(where, loose)]] = False
        number = np.where(free, np.cumsum(free) - 1, -1)
        room = np.bincount(arrays.lane[loose, at.ALIKE], minlength=int(arrays.lane[:, at.ALIKE].max(initial=0)) + 1)
        served = np.zeros(len(free), dtype=np.bool_)
        served[owner[where >= 0]] = True
        routes = [r for key, r in self._pool.all().items() if key in stand or self._fits(r, room, free, owner)]
        return routes, Offer(
            serves=[tuple(number[owner[list(route.stops)]].tolist()) for route in routes],
            cost=np.array([route.cost for route in routes], dtype=np.float64),
            kind=np.array([route.kind for route in routes], dtype=np.int64),
            room=room,
            price=np.where(served & ~self._engine.optional, np.inf, arrays.price)[free],
            stands=np.array([route.key in stand for route in routes], dtype=np.bool_),
        )

    @staticmethod
    def _fits(route: Route, room: Ints, free: "np.ndarray[tuple[int], np.dtype[np.bool_]]", owner: Ints) -> bool:
        return bool(room[route.kind] > 0 and free[owner[list(route.stops)]].all())


def _cost(offer: Offer, chosen: Iterable[int]) -> float:
    left = offer.price.copy()
    for n in chosen:
        left[list(offer.serves[n])] = 0.0
    return float(offer.cost[list(chosen)].sum() + left.sum())
