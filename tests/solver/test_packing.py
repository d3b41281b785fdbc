"""Routes chosen for a plan: as good as trying all sets of them."""

from itertools import chain, combinations
from math import inf

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scheduler.solver.offer import Offer
from scheduler.solver.packing import choose


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    """Up to eight routes for two classes of lanes, and up to five activities, some of which must be served.

    Each of these has a lane of a third class and a route for itself, so that there always is a plan.
    """
    count = draw(st.integers(1, 5))
    some = st.lists(st.integers(0, count - 1), min_size=1, max_size=3, unique=True).map(tuple)
    price = draw(st.lists(st.sampled_from([0.5, 3.0, inf]), min_size=count, max_size=count))
    serves, alone = draw(st.lists(some, max_size=8)), [n for n in range(count) if price[n] == inf]
    kind = [draw(st.integers(0, 1)) for _ in serves]
    costs = [draw(st.integers(1, 9)) / 2 for _ in serves]
    return Offer(
        serves=[*serves, *((n,) for n in alone)],
        cost=np.array([*costs, *(9.0 for _ in alone)]),
        kind=np.array([*kind, *(2 for _ in alone)], dtype=np.int64),
        room=np.array([1, 2, count]),
        price=np.array(price),
        stands=np.array([*(False for _ in serves), *(True for _ in alone)], dtype=np.bool_),
    )


def cost(offer: Offer, chosen: tuple[int, ...]) -> float:
    """Of a set of routes, infinite where they don't go together."""
    served = list(chain.from_iterable(offer.serves[n] for n in chosen))
    full = np.bincount(offer.kind[list(chosen)], minlength=3) > offer.room
    if len(set(served)) < len(served) or full.any():
        return inf
    left = sum(price for n, price in enumerate(offer.price) if n not in served)
    return float(sum(offer.cost[n] for n in chosen) + left)


@given(offers())
def test_no_set_of_routes_costs_less(offer: Offer) -> None:
    chosen = choose(offer, None)
    assert chosen is not None
    sets = chain.from_iterable(combinations(range(len(offer.cost)), n) for n in range(len(offer.cost) + 1))
    assert abs(cost(offer, tuple(chosen)) - min(cost(offer, one) for one in sets)) < 1e-6
    assert choose(offer, None) == chosen


def test_who_has_no_time_or_is_stopped_chooses_nothing() -> None:
    offer = Offer([(0,)], np.ones(1), np.zeros(1, np.int64), np.ones(1, np.int64), np.ones(1), np.zeros(1, np.bool_))
    assert choose(offer, 0.0) is None and choose(offer, None, lambda: True) is None
    assert choose(offer, 60.0) in ([0], [])
