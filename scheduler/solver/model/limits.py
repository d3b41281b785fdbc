"""What a day may hold: loads, tools, parts, bookings, time; and who may be on one activity together."""

from collections import defaultdict

from scheduler.solver.model.base import Expr
from scheduler.solver.model.rooms import RoomModel
from scheduler.solver.rules.base import RESOURCE
from scheduler.solver.travel import NOWHERE


class LimitModel(RoomModel):
    """Adds the limits of day routes and of teams."""

    def add_limits(self) -> None:
        for lane, is_room in enumerate(self.c.lanes.is_room):
            if not is_room and not all(self._is_constant(s) for s in self.candidates(lane)):
                self._carry(lane)
                self._take_tools(lane)
                self._take_parts(lane)
                self._day_limits(lane)
        for slots in self.c.apart:
            self._different_people(slots)
        for slots in self.c.together:
            self._one_site(slots)

    def _carry(self, lane: int) -> None:
        for dimension in range(self.c.load.shape[1] if self.c.load.size else 0):
            parties = {s: self.in_lane(s, lane) for s in self.candidates(lane) if self.c.load[s, dimension]}
            load = sum(int(self.c.load[s, dimension]) * here for s, here in parties.items())
            self.require_of(parties, load <= int(self.c.capacity[lane, dimension]), rule="capacity")

    def _take_tools(self, lane: int) -> None:
        for slot in self.candidates(lane) if self.c.tools.size else ():
            if bool((self.c.tools[slot] & ~self.c.tools_carried[lane]).any()):
                if self.c.depot[lane] == NOWHERE and self.fixed((slot,), RESOURCE):
                    continue
                restocked = self._has_restocked(slot, lane)
                here = self.in_lane(slot, lane)
                self.require_of({slot: here}, restocked == 1, rule="tools-and-parts", only_if=[here])

    def _take_parts(self, lane: int) -> None:
        for part in range(self.c.parts.shape[1] if self.c.parts.size else 0):
            users = {s: self._from_stock(s, lane) for s in self.candidates(lane) if self.c.parts[s, part]}
            taken = sum(int(self.c.parts[s, part]) * truth for s, truth in users.items())
            self.require_of(users, taken <= int(self.c.parts_carried[lane, part]), rule="tools-and-parts")

    def _has_restocked(self, slot: int, lane: int) -> Expr:
        return self.lanes[lane].after_restock.get(slot, 0)

    def _from_stock(self, slot: int, lane: int) -> Expr:
        """Whether the slot is served from what the day began with."""
        here, restocked = self.in_lane(slot, lane), self._has_restocked(slot, lane)
        return (
            here if isinstance(restocked, int) else self.all_of([here, self.negated(restocked)], f"stock {slot} {lane}")
        )

    def _day_limits(self, lane: int) -> None:
        here = {s: self.in_lane(s, lane) for s in self.candidates(lane)}
        if (most := int(self.c.most_bookings[lane])) >= 0:
            self.require_of(here, sum(here.values()) <= most, rule="daily-limits")
        if (longest := int(self.c.most_time[lane])) >= 0:
            worked = self.arrival(lane) - self.departure(lane) - self.paused(lane, unpaid_only=True)
            self.require_time(here, worked - longest, rule="daily-limits")

    def _different_people(self, slots: tuple[int, ...]) -> None:
        resources = {int(self.c.lanes.resource[v]) for s in slots for v in self.lanes_for(s)}
        for resource in sorted(resources):
            on = [s for s in slots if any(self.c.lanes.resource[v] == resource for v in self.lanes_for(s))]
            if len(on) > 1 and not all(self._is_constant(s) for s in on):
                there = {s: self.on(s, resource) for s in on}
                self.require_of(there, sum(there.values()) <= 1, rule="team", concerns=RESOURCE)

    def _one_site(self, slots: tuple[int, ...]) -> None:
        if all(self._is_constant(s) for s in slots):
            return
        binding = self.negated(self.exempt("same-site", {s: self.present(s) for s in slots}, RESOURCE))
        by_site = defaultdict[str | None, list[tuple[int, int]]](list)
        for slot in slots:
            for lane in self.lanes_for(slot):
                by_site[self.c.sites[self.c.lanes.resource[lane]]].append((slot, lane))
        chosen = {site: self.boolean(f"site {site} {slots}") for site in by_site}
        self.cp.add_at_most_one(chosen.values())
        for site, places in by_site.items():
            for slot, lane in places:
                self.demand(chosen[site] == 1, [self.in_lane(slot, lane), binding])
