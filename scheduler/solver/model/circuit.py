"""Which stop follows which: a circuit per day."""

from itertools import combinations

from scheduler.solver.model.base import Expr
from scheduler.solver.model.lane import Lane, Leg
from scheduler.solver.model.pauses import Stop
from scheduler.solver.model.restocking import RestockModel


class CircuitModel(RestockModel):
    """Adds the order of the stops of a day, with the drives between them."""

    def _circuit(self, lane: int, found: Lane) -> None:
        """One round from the depot (node 0) through the stops that are on the route."""
        nodes = [*found.stops, *([found.restock] if found.restock else [])]
        arcs = [(0, 0, self.negated(found.used))]
        arcs += [(n, n, self.negated(stop.here)) for n, stop in enumerate(nodes, start=1)]
        for n, before in enumerate((found.leave, *nodes)):
            for m, after in enumerate((found.reach, *nodes)):
                if before is None or after is None or (n == m) or not self._may_follow(before, after):
                    continue
                if (literal := self._arc(lane, found, before, after)) is not None:
                    arcs.append((n, m, literal))
        if len(arcs) == 1 + len(nodes):
            self.demand(found.used == 0)
            return
        self.cp.add_circuit(arcs)

    def _may_follow(self, before: Stop, after: Stop) -> bool:
        """Stops that keep their order in a neighbourhood follow each other only as they did."""
        if before.held and after.held:
            return (before.start, before.end, before.name) < (after.start, after.end, after.name)
        if self.focus is None:
            return True
        names = (before.name, after.name)
        kept = [name >= 0 and not self.focus.is_free(self.c, name) for name in names]
        if all(kept):
            return self.focus.follower.get(names[0]) == names[1]
        return True

    def _arc(self, lane: int, found: Lane, before: Stop, after: Stop) -> Expr | None:
        """The literal that `after` follows `before`; None where that can't be."""
        legs = list(self._ways_between(lane, before, after))
        loose = before.held and after.held
        if not loose and (not legs or not self._in_time(lane, before, after, min(t for *_, t, _ in legs))):
            return None
        literal = self.boolean(f"arc{lane},{before.name},{after.name}")
        found.arcs[before.name, after.name] = literal
        pause = sum(self._spanned(p, before, after) for p in found.pauses)
        for conditions, ticks, steps in legs:
            taken = literal if not conditions else self.all_of([literal, *conditions], f"leg{lane}")
            found.legs.append(Leg(taken, ticks, steps))
            self._timed(lane, before, after, ticks, pause, taken)
            self._after_drive(found, before, after, ticks, taken)
        self._bounded(lane, before, after, literal)
        self._follow_restock(found, before, after, literal)
        return literal

    def _apart(self, found: Lane) -> None:
        """Where stops may stand over each other, each keeps clear of all others, not only of its neighbours."""
        standing = [s for s in found.stops if s.stands != (0, 0)]
        if not self.c.sequenced or not any(a.stands_over(b) for a, b in combinations(standing, 2)):
            return
        for stop in standing:
            for other in found.stops:
                if stop is not other and not (other in standing and (other.held or other.name < stop.name)):
                    self._clear_of(stop, other)

    def _clear_of(self, stop: Stop, other: Stop) -> None:
        first = self.boolean(f"{stop.name} before {other.name}")
        parties = {stop.name: 1, other.name: 1}
        for a, b, truth in ((stop, other, first), (other, stop, self.negated(first))):
            self.require_of(parties, a.end <= b.start, rule="no-overlap", only_if=[a.here, b.here, truth])
