"""The restocking stop of a day, and which stops come after it."""

from scheduler.solver.model.base import Expr
from scheduler.solver.model.drives import DriveModel
from scheduler.solver.model.lane import Lane
from scheduler.solver.model.pauses import ARRIVAL, DEPARTURE, RESTOCK, Stop
from scheduler.solver.travel import NOWHERE


class RestockModel(DriveModel):
    """Adds at most one stop at the depot to a day."""

    def _restock_stop(self, lane: int, found: Lane) -> Stop | None:
        c = self.c
        if c.depot[lane] == NOWHERE or not self._may_need_restock(lane):
            return None
        here = self.boolean(f"restock{lane}")
        start = self.integer(0, self.horizon, f"restock at {lane}")
        self.demand(found.used == 1, [here])
        self.demand(start >= int(c.first[lane]), [here])
        return Stop(RESTOCK, here, start, start + int(c.restock[lane]))

    def _may_need_restock(self, lane: int) -> bool:
        c, slots = self.c, self.candidates(lane)
        lacks_tool = c.tools.size > 0 and bool((c.tools[slots] & ~c.tools_carried[lane]).any())
        return lacks_tool or (c.parts.size > 0 and bool((c.parts[slots].sum(axis=0) > c.parts_carried[lane]).any()))

    def _follow_restock(self, found: Lane, before: Stop, after: Stop, literal: Expr) -> None:
        """What comes after the restocking stop has all tools and parts."""
        if found.restock is None or after.name == ARRIVAL:
            return
        truth = {DEPARTURE: 0, RESTOCK: 1}
        now = truth.get(before.name)
        now = self._after_restock(found, before.name) if now is None else now
        if after.name == RESTOCK:
            if not isinstance(now, int):
                self.demand(now == 0, [literal])
            return
        self.demand(self._after_restock(found, after.name) == now, [literal])

    def _after_restock(self, found: Lane, slot: int) -> Expr:
        if slot not in found.after_restock:
            found.after_restock[slot] = self.boolean(f"restocked before {slot}")
        return found.after_restock[slot]
