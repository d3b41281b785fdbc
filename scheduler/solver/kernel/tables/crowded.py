"""Breaks that a lane can't take beside what is held in it.

Where held bookings leave a hard break no room in its window, it is missing by their fault alone. That is exempt, as
long as nobody else is there in its window.
"""

from collections import defaultdict
from collections.abc import Sequence

from scheduler.solver.compiled import Compiled, Pause, Span


def crowded(c: Compiled) -> dict[int, list[int]]:
    """The numbers of such breaks, by lane."""
    stays = defaultdict[int, list[Span]](list)
    for slot, hold in c.holds.items():
        if hold.must and c.pauses[hold.lane]:
            begin, end = hold.start - int(c.slots.setup[slot]), hold.start + hold.duration + int(c.slots.teardown[slot])
            stays[hold.lane].append((begin, end))
    found = {lane: _without_room(in_order(c.pauses[lane]), there, c.blocked[lane]) for lane, there in stays.items()}
    return {lane: numbers for lane, numbers in found.items() if numbers}


def in_order(pauses: Sequence[Pause]) -> list[tuple[int, Pause]]:
    """Breaks with their numbers, in the order in which the search takes them."""
    return sorted(enumerate(pauses), key=lambda one: (one[1].earliest, one[1].latest_end))


def _without_room(pauses: list[tuple[int, Pause]], stays: list[Span], blocked: Sequence[Span]) -> list[int]:
    """The hard breaks that held bookings take the room of, when each is taken as early as it can be."""
    found, since, taken = [], 0, sorted((*stays, *blocked))
    for n, pause in pauses:
        if pause.price is None:
            start = _first_free(max(since, pause.earliest), pause.duration, taken)
            if start + pause.duration <= pause.latest_end:
                since = start + pause.duration
            elif any(a < pause.latest_end and pause.earliest < b for a, b in stays):
                found.append(n)
    return found


def _first_free(start: int, length: int, taken: list[Span]) -> int:
    """The first start from which so many ticks meet none of the ascending spans."""
    for a, b in taken:
        if a < start + length and start < b:
            start = b
    return start
