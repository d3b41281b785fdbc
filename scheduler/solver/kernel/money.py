"""What things cost in the compiled search, in the goal's own units, higher levels multiplied."""

from fractions import Fraction
from functools import cached_property

import numpy as np

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Floats, Ints
from scheduler.solver.kernel.weights import Weights

MANDATORY = 4.0
"""How much leaving out what is mandatory outweighs at least what any activity can cost."""


class Money:
    """Prices by slot, resource, lane and activity."""

    def __init__(self, compiled: Compiled, source: Ints, weights: Weights) -> None:
        self.c, self.source, self.weights = compiled, source, weights
        self.minutes = float(compiled.clock.minutes)

    def _weight(self, term: Term) -> float:
        return self.weights.of.get(term, 0.0)

    def rates(self) -> Floats:
        rates = np.zeros(at.RATES)
        per_minute = {
            at.LATE: Term.TARDINESS,
            at.LARGEST: Term.LARGEST_TARDINESS,
            at.WAITED: Term.WAITING,
            at.IDLE: Term.IDLE,
            at.LARGEST_IDLE: Term.LARGEST_IDLE,
            at.SHIFTED: Term.SHIFTED,
            at.BALANCE: Term.WORKLOAD_BALANCE,
        }
        for column, term in per_minute.items():
            rates[column] = self._weight(term) * self.minutes
        rates[at.WISHED], rates[at.PER_DAY] = self._weight(Term.PREFERRED_WINDOW), self._weight(Term.EARLIEST_DAY)
        rates[at.OVERALL] = rates[[at.LARGEST, at.LARGEST_IDLE, at.BALANCE]].any()
        rates[at.HAS_TIES] = bool(self.c.ties or self.c.links)
        people, resource = len(self.c.problem.technicians), self.c.lanes.resource
        rates[at.PEOPLE] = people
        rates[at.WITHOUT_DAYS] = people - len(np.unique(resource[resource < people]))
        rates[at.HAS_SAME_DAYS] = any(link.same_day for link in self.c.links)
        return rates

    def lane(self, lane: int) -> tuple[float, ...]:
        """Of a lane that is used, per tick of overtime, per tick of work."""
        resource = int(self.c.lanes.resource[self.source[lane]])
        if resource >= len(self.c.problem.technicians):
            return 0.0, 0.0, 0.0
        technician, labour = self.c.problem.technicians[resource], self._weight(Term.LABOUR_COST)
        used = self._weight(Term.RESOURCES_USED) + labour * technician.cost_per_day
        over = self._weight(Term.OVERTIME) * technician.overtime_price * self.minutes
        worked = (self._weight(Term.WORKING_TIME) + labour * technician.cost_per_hour / 60) * self.minutes
        return used, over, worked

    def of_lanes(self) -> Floats:
        return np.array([self.lane(v) for v in range(len(self.source))] or np.zeros((0, at.LANE_MONEY)))

    def of_break(self, price: Fraction) -> float:
        """Of leaving it out."""
        return float(price) * self._weight(Term.MISSED_BREAKS)

    @cached_property
    def own(self) -> Floats:
        """Preferences, over-qualification and changes of who does it."""
        c = self.c
        parts = [self._preferred(), self._qualified(), self._reassigned()]
        found = [p for p in parts if p is not None]
        if not found:
            return np.zeros((0, 0))
        total = np.zeros((len(c.slots), len(c.resources)))
        for part in found:
            total += part
        return total

    def _preferred(self) -> Floats | None:
        weight = self._weight(Term.PREFERRED_RESOURCE)
        if not weight:
            return None
        wishes = [(s, p) for s, key in enumerate(self.c.slots.keys) if (p := self.c.problem.requirement(key).preferred)]
        if not wishes:
            return None
        table = np.zeros((len(self.c.slots), len(self.c.resources)))
        index = {name: r for r, name in enumerate(self.c.resources)}
        for slot, preferred in wishes:
            table[slot] = weight
            table[slot, [index[name] for name in preferred]] = 0.0
        return table

    def _qualified(self) -> Floats | None:
        weight, day = self._weight(Term.OVER_QUALIFICATION), self.c.problem.horizon.start.date()
        if not weight:
            return None
        table = np.zeros((len(self.c.slots), len(self.c.resources)))
        levels: dict[str, Floats] = {}
        for slot, key in enumerate(self.c.slots.keys):
            for need in self.c.problem.requirement(key).skills:
                if need.skill not in levels:
                    known = [float(t.level(need.skill, day)) for t in self.c.problem.technicians]
                    levels[need.skill] = np.array(known + [0.0] * len(self.c.problem.rooms))
                table[slot] += weight * np.maximum(0.0, levels[need.skill] - need.level)
        return table

    def _reassigned(self) -> Floats | None:
        weight, standing = self._weight(Term.REASSIGNED), self.c.problem.standing
        if not weight or standing is None:
            return None
        table = np.zeros((len(self.c.slots), len(self.c.resources)))
        index = {name: r for r, name in enumerate(self.c.resources)}
        sets = self.c.slots.requirement_set
        for slots in self.c.slots_of:
            stood = [s for s in slots if self.c.slots.keys[s] in standing.by_key]
            for first in {int(sets[s]): s for s in reversed(slots)}.values():
                table[first] += weight * sum(sets[s] != sets[first] for s in stood)
            for slot in stood:
                table[slot] += weight
                table[slot, index[standing.by_key[self.c.slots.keys[slot]].resource]] -= weight
        return table

    def of_leaving_out(self) -> Floats:
        """What the goal itself counts for each activity that is left out."""
        c, standing = self.c, self.c.problem.standing
        stood = standing.by_key if standing is not None else {}
        lost = [slot for slot, key in enumerate(c.slots.keys) if key in stood and not c.is_held(slot)]
        times = np.bincount(c.slots.activity[lost], minlength=len(c.activities))
        alone = np.array([c.problem.activity[name].price_of_leaving_out for name in c.activities], dtype=np.float64)
        alone[c.slots.activity[[slot for slot in c.holds if c.is_held(slot)]]] = 0.0
        return self._weight(Term.UNSCHEDULED) * alone + self._weight(Term.REASSIGNED) * times

    def prices(self) -> Floats:
        """Of leaving out each activity, as the search counts: one that is urgent outweighs all others."""
        prices = self.of_leaving_out()
        most = MANDATORY * max(float(prices.max(initial=0.0)), self.weights.everything)
        return np.where(self.c.urgent, prices + max(most, float(prices[~self.c.urgent].sum())), prices)
