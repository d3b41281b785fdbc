"""Tools are at hand and parts last: carried since the morning, or taken on at the day's stop at the depot before.

From that stop on every tool is at hand and no part runs out. Its place is the technician's depot, it takes the
technician's restocking time, and it lies on the route: between departure and return, in no booking and no blocked time.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import numpy as np

from scheduler.domain.plan import Booking, DayRoute, Plan, Restock
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import BOTH, RESOURCE, Example, Reach, Rule, lasting, number
from scheduler.solver.view import Day, View, minutes

MOST_PARTS = 2**31


class ToolsAndParts(Rule):
    id = "tools-and-parts"
    unit = "tools, parts, or minutes of the stop"
    reach = Reach.RESOURCE
    static = True

    def check(self, view: View) -> Iterable[Violation]:
        needy = any(view.activity(b).tools or view.activity(b).parts for b in view.plan.bookings)
        if not needy and not any(route.restock for route in view.plan.routes):
            return
        for day in view.used_days:
            before = _before_restocking(day)
            yield from self._tools(view, day, before)
            yield from self._parts(view, day, before)
            if day.route and day.route.restock:
                for what, amount in _misplaced(day, day.route, day.route.restock):
                    yield self.violation(
                        *day.keys, amount=amount, resource=day.technician.id, day=str(day.date), what=what
                    )

    def _tools(self, view: View, day: Day, before: list[Booking]) -> Iterator[Violation]:
        for booking in before:
            if missing := sorted(view.activity(booking).tools - day.technician.tools):
                yield self.violation(
                    booking.key,
                    amount=len(missing),
                    resource=day.technician.id,
                    concerns=BOTH if day.technician.depot else RESOURCE,
                    what="tools",
                    names=", ".join(missing),
                )

    def _parts(self, view: View, day: Day, before: list[Booking]) -> Iterator[Violation]:
        for part in sorted({part for b in before for part in view.activity(b).parts}):
            users = [b for b in before if view.activity(b).parts.get(part)]
            lack = sum(view.activity(b).parts[part] for b in users) - day.technician.parts.get(part, 0)
            if lack > 0:
                yield self.violation(
                    *(b.key for b in users),
                    amount=lack,
                    resource=day.technician.id,
                    day=str(day.date),
                    what="parts",
                    names=part,
                )

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        activities = [problem.activity[name] for name in compiled.activities]
        tools = sorted({tool for a in activities for tool in a.tools})
        parts = sorted({part for a in activities for part, count in a.parts.items() if count})
        if not tools and not parts:
            return
        people = ~compiled.slots.is_room[:, None]
        asked = np.array([[tool in a.tools for tool in tools] for a in activities], dtype=np.bool_)
        used = np.array([[min(a.parts.get(p, 0), MOST_PARTS) for p in parts] for a in activities], dtype=np.int64)
        compiled.tools = asked[compiled.slots.activity] & people
        compiled.parts = used[compiled.slots.activity] * people
        lanes, count = compiled.lanes.resource, len(compiled.resources)
        carried = np.zeros((count, len(tools)), dtype=np.bool_)
        stock = np.zeros((count, len(parts)), dtype=np.int64)
        place = {name: n for n, name in enumerate(compiled.travel.places)}
        for r, t in enumerate(problem.technicians):
            carried[r] = [tool in t.tools for tool in tools]
            stock[r] = [min(t.parts.get(part, 0), MOST_PARTS) for part in parts]
            if t.depot is not None:
                compiled.depot[compiled.lanes_of[r]] = place[t.depot]
                compiled.restock[compiled.lanes_of[r]] = compiled.clock.ticks(t.restock_duration)
        compiled.tools_carried, compiled.parts_carried = carried[lanes], stock[lanes]

    def explain(self, violation: Violation) -> str:
        d, who = violation.details, violation.resource
        stop = f"{who}'s stop at the depot on {d.get('day')}"
        activities, amount = ", ".join(key.activity for key in violation.bookings), violation.amount
        return {
            "tools": f"{who} lacks {d.get('names')} for {activities}",
            "parts": f"{who} has {number(amount)} {d.get('names')} too few on {d.get('day')} for {activities}",
            "place": f"{who} restocks on {d.get('day')} elsewhere than at the own depot",
            "length": f"{stop} is {lasting(amount)} too long or too short",
            "route": f"{stop} lies off the route, in a booking or in blocked time ({lasting(amount)})",
        }[str(d["what"])]

    def examples(self) -> Iterator[Example]:
        two = (sample.technician("ann", tools={"lift"}), sample.technician("bob"))
        problem = sample.problem(sample.activity(tools={"lift"}), technicians=two)
        first = sample.booking("a", "9:00")
        yield Example(
            problem, sample.plan(problem, first), sample.plan(problem, sample.booking("a", "9:00", resource="bob"))
        )
        van = sample.technician(parts={"filter": 1}, depot="p1", restock_duration=timedelta(minutes=10))
        both = (sample.activity(name, parts={"filter": 1}) for name in ("a", "b"))
        problem = sample.problem(*both, technicians=(van,))
        second = sample.booking("b", "10:00")
        no_time_to_restock = (sample.booking("a", "8:00"), sample.booking("b", "8:30"))
        yield Example(problem, _restocking(problem, first, second), sample.plan(problem, *no_time_to_restock))


def _before_restocking(day: Day) -> list[Booking]:
    """The bookings that what is carried since the morning must do for."""
    stops = list(day.stops)
    depot = next((n for n, stop in enumerate(stops) if stop.booking is None), len(stops))
    return [stop.booking for stop in stops[:depot] if stop.booking]


def _misplaced(day: Day, route: DayRoute, restock: Restock) -> Iterator[tuple[str, float]]:
    """What is wrong with the stop, and by how much."""
    if restock.place != day.technician.depot:
        yield "place", 1.0
    if off := abs(minutes(restock.end - restock.start - day.technician.restock_duration)):
        yield "length", off
    taken = [(s.start, s.end) for s in day.stops if s.booking] + [(i.start, i.end) for i in day.stretches]
    shared = [
        minutes(min(end, restock.end) - max(start, restock.start))
        for start, end in taken
        if start < restock.end and restock.start < end
    ]
    outside = max(minutes(route.departure - restock.start), minutes(restock.end - route.arrival), 0.0)
    if shared or outside:
        yield "route", max(1.0, outside, *shared)


def _restocking(problem: Problem, first: Booking, second: Booking) -> Plan:
    """With a stop at the depot half way between the two."""
    stop = Restock(place="p1", start=sample.at("9:40"), end=sample.at("9:50"))
    route = DayRoute(
        resource="ann",
        day=sample.MONDAY.date(),
        departure=first.start,
        arrival=second.end,
        bookings=(first.key, second.key),
        restock=stop,
    )
    return sample.plan(problem, first, second, routes=(route,))
