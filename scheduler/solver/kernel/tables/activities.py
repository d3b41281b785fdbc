"""Activities: their sets of slots, shared windows, and precedences."""

from collections import defaultdict
from itertools import combinations

import numpy as np

from scheduler.solver.compiled import Compiled, Tie
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Ints
from scheduler.solver.kernel.tables.held import Joining
from scheduler.solver.kernel.tables.pool import Pool
from scheduler.solver.travel import NOWHERE


class ActivityTable:
    """The rows of the activities."""

    def __init__(self, compiled: Compiled, pool: Pool, joining: dict[int, Joining]) -> None:
        self.c, self.pool, self.joining = compiled, pool, joining

    def table(self) -> Ints:
        c = self.c
        table = np.zeros((len(c.activities), at.ACTIVITY_COLUMNS), dtype=np.int64)
        apart = {int(c.slots.activity[group[0]]) for group in c.apart}
        together = {int(c.slots.activity[group[0]]) for group in c.together}
        in_turn = self._one_by_one(apart)
        links: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for link in c.links:
            kind = {"same": at.SAME, "different": at.DIFFERENT}.get(link.technicians, 0) + at.SAME_DAY * link.same_day
            links[link.after].append((link.before, kind + at.NEEDS))
            links[link.before].append((link.after, kind + at.NEEDED))
        for n, slots in enumerate(c.slots_of):
            ordered = self._ordered(n, slots)
            if n in self.joining and self.joining[n].free:
                table[n, at.HELD] = len(self.joining[n].held)
            stretches = [self.pool.put(s) for s in ordered]
            table[n, [at.SETS, at.SETS_END]] = self.pool.put(x for stretch in stretches for x in stretch)
            if (shared := c.shared_windows.get(n)) is not None:
                table[n, [at.SHARED, at.SHARED_END]] = self.pool.spans(shared.spans)
                table[n, at.OPENS_AT_END], table[n, at.CLOSES_AT_END] = shared.opens_at_end, shared.closes_at_end
            table[n, at.APART] = at.ALWAYS if n in apart else 0 if n in in_turn else at.AT_ONCE
            table[n, at.ONE_SITE] = n in together
            table[n, [at.LINKS, at.LINKS_END]] = self.pool.put(x for link in links[n] for x in link)
        return table

    def _one_by_one(self, apart: set[int]) -> set[int]:
        """Activities of which somebody may fill two roles, one after the other."""
        c, sets = self.c, self.c.slots.requirement_set
        ties = {(tie.slot, tie.other): tie for tie in c.ties if int(c.slots.activity[tie.slot]) not in apart}
        found = set[int]()
        for n, slots in enumerate(c.slots_of):
            people = [] if n in apart else [s for s in slots if not c.slots.is_room[s]]
            pairs = [(s, o) for s, o in combinations(people, 2) if sets[s] == sets[o]]
            if any(self._in_turn(ties.get((s, o)) or ties.get((o, s))) for s, o in pairs):
                found.add(n)
        return found

    def _in_turn(self, tie: Tie | None) -> bool:
        """Whether a tie lets one of its slots begin when the other is over."""
        if tie is None or tie.most is None:
            return True
        least = (int(self.c.durations[s][self.c.suits[s]].min(initial=at.NEVER)) for s in (tie.slot, tie.other))
        return tie.most >= next(least) or -tie.least >= next(least)

    def _ordered(self, activity: int, slots: list[int]) -> list[list[int]]:
        """The slots of each requirement set, best filled in that order: an activity is in when the first of one is."""
        part = self.joining.get(activity)
        if part is not None and part.free:
            return [sorted(part.free, key=self._rank) + part.held]
        by_set: dict[int, list[int]] = defaultdict(list)
        for slot in sorted(slots, key=self._rank):
            by_set[int(self.c.slots.requirement_set[slot])].append(slot)
        held = part.held if part is not None else []
        return [sorted(s, key=lambda slot: slot not in held) for _, s in sorted(by_set.items())]

    def _rank(self, slot: int) -> tuple[bool, int]:
        """Rooms first where they say where it is, last otherwise; of technicians the hardest to find first."""
        c = self.c
        return bool(c.slots.is_room[slot]) ^ bool(c.slots.place[slot] == NOWHERE), int(c.suits[slot].sum())
