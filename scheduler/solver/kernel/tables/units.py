"""Rooms as lanes: one that holds several at once has a unit for each."""

from collections.abc import Sequence

import numpy as np

from scheduler.solver.compiled import Compiled


def units(compiled: Compiled) -> Sequence[int]:
    """How many lanes of the search each lane becomes: as many bookings of the largest effort as a room holds."""
    counts = []
    for lane, is_room in enumerate(compiled.lanes.is_room):
        suited = compiled.suits[:, compiled.lanes.resource[lane]] if is_room else np.zeros(0, dtype=np.bool_)
        if not is_room:
            counts.append(1)
            continue
        wanted = int(suited.sum())
        largest = int(compiled.slots.effort[suited].max(initial=1))
        holds = wanted if compiled.room_capacity[lane] < 0 else int(compiled.room_capacity[lane]) // max(1, largest)
        counts.append(max(1, min(wanted, holds)))
    return counts
