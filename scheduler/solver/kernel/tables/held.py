"""Activities of which only a part is held: who else may join, and when."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from scheduler.solver.compiled import Compiled, Link, Spans, meet
from scheduler.solver.kernel import layout as at


@dataclass(frozen=True)
class Joining:
    """One such activity: the slots of its requirement set that are free, those that are held, and when the free start.

    Nobody may join where some role can't be filled at a time that goes with what is held, nor where what is held breaks
    a precedence: whoever joins would be party to the breach.
    """

    free: list[int]
    held: list[int]
    starts: dict[int, Spans]


def joining(c: Compiled) -> dict[int, Joining]:
    """By activity; those that are held as a whole, or that nobody may join, are among them, with nobody free."""
    held = defaultdict[int, list[int]](list)
    for slot in sorted(c.holds):
        if c.is_held(slot):
            held[int(c.slots.activity[slot])].append(slot)
    odd = {n for link in c.links if _breaks(c, link, held) for n in (link.before, link.after)}
    return {n: Joining([], there, {}) if n in odd else _joining(c, n, there) for n, there in held.items()}


def _breaks(c: Compiled, link: Link, held: dict[int, list[int]]) -> bool:
    """Whether what is held of both activities is too near, too far, or on different days."""
    before, after = ([c.holds[s] for s in held.get(n, ())] for n in (link.before, link.after))
    if not before or not after:
        return False
    begin, end = min(h.start for h in before), max(h.start + h.duration for h in before)
    first = min(h.start for h in after)
    gap = first - (end if link.from_finish else begin)
    apart = bisect_right(c.midnights, first) != bisect_right(c.midnights, begin)
    return gap < link.least or (link.most is not None and gap > link.most) or (link.same_day and apart)


def _joining(c: Compiled, activity: int, held: list[int]) -> Joining:
    sets = {int(c.slots.requirement_set[s]) for s in held}
    free = [s for s in c.slots_of[activity] if int(c.slots.requirement_set[s]) in sets and s not in held]
    starts = _starts(c, held, free)
    if len(sets) > 1 or not all(starts.values()):
        return Joining([], held, {})
    return Joining(free, held, starts)


def _starts(c: Compiled, held: list[int], free: list[int]) -> dict[int, Spans]:
    """Starts of the free slots that ties to held ones leave."""
    least = {s: c.holds[s].start for s in held} | dict.fromkeys(free, -at.NEVER)
    most = {s: c.holds[s].start for s in held} | dict.fromkeys(free, at.NEVER)
    ties = [tie for tie in c.ties if tie.slot in least and tie.other in least]
    for _ in least:
        for tie in ties:
            least[tie.other] = max(least[tie.other], least[tie.slot] + tie.least)
            most[tie.slot] = min(most[tie.slot], most[tie.other] - tie.least)
            if tie.most is not None:
                least[tie.slot] = max(least[tie.slot], least[tie.other] - tie.most)
                most[tie.other] = min(most[tie.other], most[tie.slot] + tie.most)
    return {s: meet(c.starts[s], ((least[s], most[s]),)) for s in free}


def outlasted(c: Compiled) -> dict[int, int]:
    """How much longer than itself a held booking keeps somebody who was with another one before and after it."""
    longer, until = dict[int, int](), dict[int, int]()
    for slot, hold in sorted(c.holds.items(), key=lambda one: (one[1].start, one[1].duration)):
        if hold.must and not c.slots.is_room[slot]:
            over = hold.start + hold.duration + int(c.slots.teardown[slot])
            until[hold.lane] = max(over, until.get(hold.lane, over))
            if until[hold.lane] > over:
                longer[slot] = until[hold.lane] - over
    return longer
