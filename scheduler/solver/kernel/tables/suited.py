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
    some = varied(c)
    shown = np.where(c.suits[some], c.durations[some], -1)
    longest = shown.max(axis=1, initial=-1)
    if not bool(((shown == -1) | (shown == longest[:, None])).all()):
        return np.ascontiguousarray(c.durations)
    column = np.where(c.suits.any(axis=1), c.durations[:, :1].max(axis=1, initial=0), 0)
    column[some] = np.maximum(longest, 0)
    return column[:, None]


def varied(c: Compiled) -> Ints:
    """The slots that take some resources longer than others."""
    return np.flatnonzero((c.durations != c.durations[:, :1]).any(axis=1))
