"""Routes that were found one by one, offered for a plan made of the best of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Offer:
    """R routes, each for a lane of its class; A activities that a route may serve or that may be left out.

    Attributes
    ----------
    serves
        Activities of each route, from 0 to A - 1.
    cost
        (R,) of each route, in the goal's units, higher levels multiplied.
    kind
        (R,) class of lanes that each is for.
    room
        Lanes by class.
    price
        (A,) of leaving an activity out, infinite where it has to be served.
    stands
        (R,) whether a route is part of the plan at hand.
    """

    serves: list[tuple[int, ...]]
    cost: NDArray[np.float64]
    kind: NDArray[np.int64]
    room: NDArray[np.int64]
    price: NDArray[np.float64]
    stands: NDArray[np.bool_]


Choose = Callable[[Offer, float | None], list[int] | None]
"""The routes of the best plan, found in so many seconds or, None, repeatably; None where none is found."""
