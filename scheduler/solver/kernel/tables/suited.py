"""Who may serve a slot, and how long it takes them."""

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel.arrays import Flags, Ints


def suits_of(c: Compiled) -> Flags:
    """Who may serve; a room only what it can hold at all."""
    suits = np.array(c.suits, order="C")
    for lane in np.flatnonzero(c.lanes.is_room & (c.room_capacity >= 0)):
        suits[c.slots.effort > c.room_capacity[lane], c.lanes.resource[lane]] = False
    return suits


def durations_of(c: Compiled) -> Ints:
    """Service time by slot and resource, one column where it is the same for everybody."""
    shown = np.where(c.suits, c.durations, -1)
    longest = shown.max(axis=1, initial=-1)
    if bool(((shown == -1) | (shown == longest[:, None])).all()):
        return np.asarray(np.maximum(longest, 0)[:, None], dtype=np.int64)
    return np.ascontiguousarray(c.durations)
