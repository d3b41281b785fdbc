"""The moves told again over lists of stops, and what such lists cost where only drives are priced."""

from collections.abc import Callable
from itertools import pairwise

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.single import Kernel
from tests.solver.kernel import moves

Lanes = list[list[int]]


class Twin:
    """A plan as lists; what it costs, and most of its moves, without teams, breaks and rooms."""

    def __init__(self, kernel: Kernel, lanes: Lanes) -> None:
        self.k, self.c, self.lanes = kernel, kernel.c, lanes
        self.lane_of = {u: lane for lane, stops in enumerate(lanes) for u in stops}
        self.near = [[int(v) for v in row if v >= 0] for row in kernel.arrays.near]

    # What lists cost

    def drive(self, a: int, b: int) -> int:
        """Ticks between two places."""
        return int(self.c.travel.tables(0, [a], [b])[0][0, 0])

    def places(self, lane: int, stops: list[int]) -> list[int]:
        ends = int(self.c.lanes.start_place[lane]), int(self.c.lanes.end_place[lane])
        return [ends[0], *(int(self.c.slots.place[u]) for u in stops), ends[1]]

    def ticks(self, lane: int, stops: list[int]) -> int:
        return sum(self.drive(a, b) for a, b in pairwise(self.places(lane, stops)))

    def starts(self, lane: int, stops: list[int]) -> list[int] | None:
        """The earliest ones; None where the lane can't be done in time, or not by whom it belongs to."""
        x, found, places = int(self.c.first[lane]), list[int](), self.places(lane, stops)
        for n, u in enumerate(stops):
            if not self.c.admitted(u, lane):
                return None
            x += self.drive(places[n], places[n + 1])
            later = [max(x, first) for first, last in self.c.starts[u] if x <= last]
            if not later:
                return None
            found.append(min(later))
            x = found[-1] + int(self.c.durations[u, self.c.lanes.resource[lane]])
        home = x + self.drive(places[-2], places[-1])
        return found if not stops or home <= self.c.latest[lane] else None

    def cost(self, lanes: Lanes) -> float | None:
        """Of the drives; None where a lane can't be done."""
        if any(self.starts(lane, stops) is None for lane, stops in enumerate(lanes)):
            return None
        return sum(self.ticks(lane, stops) for lane, stops in enumerate(lanes) if stops) * self.per_tick

    @property
    def per_tick(self) -> float:
        return float(self.c.clock.minutes)

    # Ruins: which activities leave; here each has one slot of its own number

    def related(self, seed: int, most: int, _: int) -> set[int]:
        return set([u for u in [seed, *self.near[seed]] if u in self.lane_of][:most])

    def slice(self, seed: int, width: int, most: int) -> set[int]:
        if seed not in self.lane_of:
            return set()
        at_start = {
            u: s
            for lane, stops in enumerate(self.lanes)
            for u, s in zip(stops, self.starts(lane, stops) or [], strict=True)
        }
        gone, looked = set[int](), set[int]()
        for v in [seed, *self.near[seed]]:
            lane = self.lane_of.get(v)
            if lane is None or lane in looked:
                continue
            if v != seed and len(gone) >= most:
                break
            looked.add(lane)
            gone |= {u for u in self.lanes[lane] if abs(at_start[u] - at_start[seed]) <= width}
        return gone

    def worst(self, seed: int, most: int, _: int) -> set[int]:
        gone = {seed} & self.lane_of.keys()
        lanes = [[u for u in stops if u not in gone] for stops in self.lanes]
        while len(gone) < most:
            savings = {v: self.saving(lanes, v) for v in self.near[seed] if v in self.lane_of and v not in gone}
            dearest = max(savings.values(), default=0)
            if dearest <= 0:
                break
            gone.add(next(v for v, saved in savings.items() if saved == dearest))
            lanes = [[u for u in stops if u not in gone] for stops in lanes]
        return gone

    def saving(self, lanes: Lanes, v: int) -> int:
        lane = self.lane_of[v]
        return self.ticks(lane, lanes[lane]) - self.ticks(lane, [u for u in lanes[lane] if u != v])

    def shared(self, seed: int, most: int, _: int) -> set[int]:
        """Activities, which may have several slots; those in rooms come first."""
        if seed not in self.lane_of:
            return set()
        owner = self.k.arrays.node[:, at.ACTIVITY].tolist()
        gone, before = list[int](), -1
        mine = sorted(self.c.slots_of[owner[seed]], key=lambda u: not self.c.slots.is_room[u])
        while len(gone) < most and len(gone) != before:
            before = len(gone)
            for u in (u for u in mine if u in self.lane_of):
                left = [v for v in self.lanes[self.lane_of[u]] if owner[v] not in gone]
                n = left.index(u)
                for v in left[max(0, n - 1) : n] + left[n + 1 : n + 2]:
                    if len(gone) < most and owner[v] not in gone:
                        gone.append(owner[v])
        return {*gone, owner[seed]}

    def tardy(self, seed: int, most: int, _: int) -> set[int]:
        gone = set[int]()
        for v in (seed, *self.near[seed]):
            if len(gone) >= most:
                break
            if v in self.lane_of and v not in gone:
                gone |= set(self.late(self.lane_of[v], most - len(gone), gone))
        return gone

    def late(self, lane: int, most: int, gone: set[int]) -> list[int]:
        """Late stops of a lane that are left, each with the stop before it unless that is late, too; about so many."""
        found, before = list[int](), list[int]()
        starts = self.starts(lane, self.lanes[lane]) or []
        for u, start in zip(self.lanes[lane], starts, strict=True):
            if u in gone:
                continue
            if len(found) >= most:
                break
            if start > self.due(u):
                found += [*before, u]
            before = [] if start > self.due(u) else [u]
        return found

    def due(self, u: int) -> int:
        """The last start that is not late."""
        due = self.c.problem.activity[self.c.activities[u]].respond_by
        return self.c.horizon if due is None else self.c.clock.floor(due)

    def day(self, seed: int, _: int, __: int) -> set[int]:
        return set(self.lanes[self.lane_of[seed]]) if seed in self.lane_of else set()

    def strings(self, seed: int, chance_seed: int, _: int) -> set[int]:
        moves.seed_chance(chance_seed)
        used, gone, cut = [len(stops) for stops in self.lanes if stops], set[int](), set[int]()
        longest = min(10.0, max(1.0, sum(used) / max(1, len(used))))
        strings = int(moves.chance() * max(1.0, 40.0 / (1.0 + longest) - 1.0)) + 1
        if seed in self.lane_of:
            cut.add(self.lane_of[seed])
            gone |= self.string(self.lanes[self.lane_of[seed]], seed, longest)
        done = 1
        for v in self.near[seed]:
            lane = self.lane_of.get(v)
            if done < strings and v not in gone and lane is not None and lane not in cut:
                cut.add(lane)
                gone |= self.string(self.lanes[lane], v, longest)
                done += 1
        return gone

    def string(self, stops: list[int], v: int, longest: float) -> set[int]:
        """What leaves of a lane's stops around v: some in a row, or those on both sides of some that stay."""
        length, kept = min(len(stops), int(1 + moves.chance() * min(len(stops), longest))), 0
        if moves.chance() < 0.5 and length > 1:
            kept = 1
            while length + kept < len(stops) and moves.chance() > 0.01:
                kept += 1
            kept = min(kept, len(stops) - length)
        first = max(0, stops.index(v) - int(moves.choice(length + kept)))
        stay = 1 + int(moves.choice(length)) if kept else length + 1
        run = stops[first : first + length + kept]
        return set(run[:stay] + run[stay + kept :])

    # Recreate: the lists after it

    def regret(self, gone: list[int]) -> Lanes:
        """Put back again and again what loses most when it does not get its best lane, as six places tell.

        It is asked anew when one of its two best lanes has been filled.
        """
        lanes = [list(stops) for stops in self.lanes]
        quotes = {u: self.quote(lanes, u) for u in gone}
        while quotes:
            u = max(quotes, key=lambda u: quotes[u][0])
            del quotes[u]
            if ways := self.ways(lanes, u):
                _, filled, n = ways[0]
                lanes[filled].insert(n, u)
                quotes |= {v: self.quote(lanes, v) for v, (_, best) in quotes.items() if filled in best}
        return lanes

    def put(self, u: int) -> Lanes:
        """The lists with u where it costs least; as they are where it fits nowhere, or is not worth it."""
        lanes = [list(stops) for stops in self.lanes]
        for _, lane, n in self.ways(lanes, u)[:1]:
            lanes[lane].insert(n, u)
        return lanes

    def quote(self, lanes: Lanes, u: int) -> tuple[float, list[int]]:
        """What it loses, and its two best lanes, as far as there are two."""
        ways, price = self.ways(lanes, u)[:6], float(self.k._work.price[u])
        if not ways:
            return -1.0, []
        cost, best, _ = ways[0]
        for dearer, other, _ in ways:
            if other != best:
                return dearer - cost, [best, other]
        return (price if len(ways) < 6 else ways[-1][0]) - cost, [best]

    def ways(self, lanes: Lanes, u: int) -> list[tuple[float, int, int]]:
        """All places for u that are worth it, cheapest first: cost, lane, how many stops come before."""
        found = []
        for lane, stops in enumerate(lanes):
            for n in range(len(stops) + 1):
                more = [*stops[:n], u, *stops[n:]]
                if self.starts(lane, more) is not None:
                    before = self.ticks(lane, stops) if stops else 0
                    found.append(((self.ticks(lane, more) - before) * self.per_tick, lane, n))
        return sorted(way for way in found if way[0] < self.k._work.price[u])

    # Exchanges: the lists after them; heads are numbered behind the slots

    def cut(self, u: int) -> tuple[int, int]:
        """Lane, and how many of its stops come up to u."""
        slots = len(self.k.arrays.suits)
        lane = u - slots if u >= slots else self.lane_of[u]
        return lane, 0 if u >= slots else self.lanes[lane].index(u) + 1

    def tails(self, u: int, w: int) -> Lanes:
        (one, i), (two, j) = self.cut(u), self.cut(w)
        lanes = [list(stops) for stops in self.lanes]
        lanes[one] = self.lanes[one][:i] + self.lanes[two][j:]
        lanes[two] = self.lanes[two][:j] + self.lanes[one][i:]
        return lanes

    def or_opt(self, u: int, w: int, length: int, turned: bool) -> Lanes:
        lane, i = self.cut(u)
        chain = self.lanes[lane][i - 1 : i - 1 + length]
        lanes = [[v for v in stops if v not in chain] for stops in self.lanes]
        slots, target = len(self.k.arrays.suits), self.cut(w)[0]
        place = 0 if w >= slots else lanes[target].index(w) + 1
        lanes[target][place:place] = chain[::-1] if turned else chain
        return lanes

    def swap_star(self, u: int, v: int) -> Lanes:
        one, two = self.lane_of[u], self.lane_of[v]
        lanes = [[x for x in stops if x not in (u, v)] for stops in self.lanes]
        lanes[two], lanes[one] = self.cheapest(two, lanes[two], u), self.cheapest(one, lanes[one], v)
        return lanes

    def cheapest(self, lane: int, stops: list[int], u: int) -> list[int]:
        ways = [[*stops[:n], u, *stops[n:]] for n in range(len(stops) + 1)]
        return min(ways, key=lambda way: self.ticks(lane, way))

    def split(self, u: int, lane: int) -> Lanes:
        return self.tails(u, len(self.k.arrays.suits) + lane)

    def merge(self, one: int, two: int) -> Lanes:
        last = self.lanes[one][-1] if self.lanes[one] else len(self.k.arrays.suits) + one
        return self.tails(last, len(self.k.arrays.suits) + two)

    def of(self, name: str) -> Callable[..., object]:
        found = getattr(self, name.replace("-", "_"))
        assert callable(found)
        return found  # type: ignore[no-any-return]
