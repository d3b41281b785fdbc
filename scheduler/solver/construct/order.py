"""In which order activities are inserted."""

from scheduler.solver.compiled import Compiled, Late, Link


class Order:
    """Urgent first, then dear, then by when they are due; befores before afters."""

    def __init__(self, compiled: Compiled, links: dict[int, list[Link]]) -> None:
        self.c, self._links = compiled, links
        self._lates: dict[int, list[Late]] = {}
        for late in compiled.lates:
            self._lates.setdefault(late.slot, []).append(late)

    def of(self, outside: list[int]) -> list[int]:
        """The activities in that order."""
        c = self.c
        choice = c.suits.sum(axis=1)
        prices = [c.problem.activity[name].price_of_leaving_out for name in c.activities]

        def rank(activity: int) -> tuple[object, ...]:
            slots = c.slots_of[activity]
            return (not c.urgent[activity], -prices[activity], self._due(activity), int(choice[slots].min()))

        return self._topological(sorted(outside, key=rank))

    def _due(self, activity: int) -> int:
        """The tick by which the activity ought to start, or at least end."""
        slots = self.c.slots_of[activity]
        last = max((b for s in slots for _, b in self.c.starts[s]), default=0)
        return min([last, *(late.windows[0][1] for s in slots for late in self._lates.get(s, ()))])

    def _topological(self, ranked: list[int]) -> list[int]:
        found, seen = list[int](), set[int]()
        for activity in ranked:
            chain, todo = [], [activity]
            while todo:
                at = todo.pop()
                if at not in seen:
                    seen.add(at)
                    chain.append(at)
                    todo += [link.before for link in self._links.get(at, ()) if link.after == at]
            found += reversed(chain)
        outside = set(ranked)
        return [a for a in found if a in outside]
