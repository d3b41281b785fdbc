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
        self._set, self._rank = compiled.slots.requirement_set.tolist(), _ranks(compiled)

    def table(self) -> Ints:
        c = self.c
        rows = []
        apart = {int(c.slots.activity[group[0]]) for group in c.apart}
        together = {int(c.slots.activity[group[0]]) for group in c.together}
        in_turn = self._one_by_one(apart)
        links: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for link in c.links:
            kind = {"same": at.SAME, "different": at.DIFFERENT}.get(link.technicians, 0) + at.SAME_DAY * link.same_day
            links[link.after].append((link.before, kind + at.NEEDS))
            links[link.before].append((link.after, kind + at.NEEDED))
        for n, slots in enumerate(c.slots_of):
            part = self.joining.get(n)
            held = len(part.held) if part is not None and part.free else 0
            stretches = [self.pool.put(s) for s in self._ordered(n, slots)]
            sets = self.pool.put(x for stretch in stretches for x in stretch)
            shared = self._shared(n)
            linked = self.pool.put(x for link in links.get(n, ()) for x in link)
            alone = at.ALWAYS if n in apart else 0 if n in in_turn else at.AT_ONCE
            rows.append((*sets, *shared, alone, n in together, *linked, held))
        table = np.array(rows, dtype=np.int64)
        return table.reshape(-1, at.ACTIVITY_COLUMNS)

    def _shared(self, activity: int) -> tuple[int, ...]:
        """Where the windows that all slots share stand, and whether openings and closings are held against the end."""
        shared = self.c.shared_windows.get(activity)
        if shared is None:
            return 0, 0, 0, 0
        return *self.pool.spans(shared.spans), shared.opens_at_end, shared.closes_at_end

    def _one_by_one(self, apart: set[int]) -> set[int]:
        """Activities of which somebody may fill two roles, one after the other."""
        c = self.c
        ties = {(tie.slot, tie.other): tie for tie in c.ties if int(c.slots.activity[tie.slot]) not in apart}
        found = set[int]()
        for n, slots in enumerate(c.slots_of):
            people = [s for s in slots if not c.slots.is_room[s]] if len(slots) > 1 and n not in apart else []
            pairs = [(s, o) for s, o in combinations(people, 2) if self._set[s] == self._set[o]]
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
            return [sorted(part.free, key=self._rank.__getitem__) + part.held]
        by_set: dict[int, list[int]] = defaultdict(list)
        for slot in sorted(slots, key=self._rank.__getitem__):
            by_set[self._set[slot]].append(slot)
        held = part.held if part is not None else []
        return [sorted(s, key=lambda slot: slot not in held) for _, s in sorted(by_set.items())]


def _ranks(c: Compiled) -> list[int]:
    """Rooms first where they say where it is, last otherwise; of technicians the hardest to find first."""
    late, rank = c.slots.is_room ^ (c.slots.place == NOWHERE), np.empty(len(c.slots), dtype=np.int64)
    rank[np.lexsort((c.suits.sum(axis=1), late))] = np.arange(len(c.slots))
    return rank.tolist()
