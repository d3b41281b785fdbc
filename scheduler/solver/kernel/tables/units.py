"""Rooms as lanes: one that holds several at once has a unit for each."""

from collections import Counter

import numpy as np

from scheduler.solver.compiled import Compiled


def units(compiled: Compiled) -> list[list[int]]:
    """The lanes of the search that each lane becomes: of a room, by the effort that each unit holds, the largest first.

    Together they hold no more than the room, and one holds the largest effort among the bookings that it suits; the
    rest is divided among the efforts as these ask for room and time.
    """
    return [_sizes(compiled, lane) if is_room else [0] for lane, is_room in enumerate(compiled.lanes.is_room)]


def _sizes(compiled: Compiled, lane: int) -> list[int]:
    room = compiled.lanes.resource[lane]
    suited = np.flatnonzero(compiled.suits[:, room])
    efforts = np.maximum(compiled.slots.effort[suited], 1).tolist()
    if not efforts:
        return [1]
    capacity, largest = int(compiled.room_capacity[lane]), max(efforts)
    if capacity < 0:
        return [largest] * len(efforts)
    wanted = Counter[int]()
    for effort, length in zip(efforts, compiled.durations[suited, room].tolist(), strict=True):
        wanted[effort] += effort * length
    sizes, left, given = [largest], capacity - largest, Counter({largest: largest})
    while len(sizes) < len(efforts) and (fitting := [effort for effort in wanted if effort <= left]):
        size = max(fitting, key=lambda effort: (wanted[effort] / (given[effort] + effort), effort))
        sizes.append(size)
        given[size] += size
        left -= size
    return sorted(sizes, reverse=True)
