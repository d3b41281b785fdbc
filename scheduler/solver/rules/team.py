"""A scheduled activity has every role of one requirement set filled, by different people, who meet as it says."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from scheduler.domain.activity import Activity, Requirement
from scheduler.domain.plan import Booking, BookingKey, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, Tie
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import RESOURCE, TIME, Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class Team(Rule):
    id = "team"
    unit = "bookings, or minutes between starts"
    reach = Reach.ACTIVITY
    static = True

    def check(self, view: View) -> Iterable[Violation]:
        for activity in view.open:
            bookings = view.plan.by_activity.get(activity.id, ())
            if bookings:
                yield from self._filled(activity, bookings)
                yield from self._different(view, activity, bookings)
                yield from self._meeting(activity, bookings)

    def _filled(self, activity: Activity, bookings: tuple[Booking, ...]) -> Iterator[Violation]:
        have = Counter(b.requirement for b in bookings)
        wanted = [{r.id: r.count for r in s} for s in activity.requirement_sets]
        if have in wanted:
            return
        off, lacks, more = min(
            ((want - have).total() + (have - want).total(), ", ".join(want - have), ", ".join(have - want))
            for want in map(Counter, wanted)
        )
        keys = (b.key for b in bookings)
        yield self.violation(*keys, amount=off, activity=activity.id, what="filled", lacks=lacks, more=more)

    def _different(self, view: View, activity: Activity, bookings: tuple[Booking, ...]) -> Iterator[Violation]:
        if not activity.different_people:
            return
        for who, count in Counter(b.resource for b in bookings if b.resource in view.problem.technician).items():
            if count > 1:
                keys = (b.key for b in bookings if b.resource == who)
                yield self.violation(
                    *keys, amount=count - 1, activity=activity.id, resource=who, concerns=RESOURCE, what="twice"
                )

    def _meeting(self, activity: Activity, bookings: tuple[Booking, ...]) -> Iterator[Violation]:
        kind, ordered = activity.meeting.kind, _by_requirement(activity, bookings)
        groups = [list(bookings)] if kind == "simultaneous" else ordered if kind == "sequential" else []
        for group in groups:
            spread = max(b.start for b in group) - min(b.start for b in group)
            if spread:
                yield self._apart(activity, group, spread)
        if kind == "sequential":
            for before, after in pairwise(ordered):
                gap = after[0].start - before[0].start
                least, most = activity.meeting.min_offset, activity.meeting.max_offset
                off = max(least - gap, gap - most if most is not None else -gap)
                if off > timedelta(0):
                    yield self._apart(activity, [before[0], after[0]], off)

    def _apart(self, activity: Activity, bookings: list[Booking], off: timedelta) -> Violation:
        keys = (b.key for b in bookings)
        return self.violation(*keys, amount=minutes(off), activity=activity.id, concerns=TIME, what="meeting")

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        compiled.complete = True
        index = {key: slot for slot, key in enumerate(compiled.slots.keys)}
        for n, name in enumerate(compiled.activities):
            activity = problem.activity[name]
            people = tuple(s for s in compiled.slots_of[n] if not compiled.slots.is_room[s])
            if activity.different_people and len(people) > 1:
                compiled.apart.append(people)
            for requirements in activity.requirement_sets:
                groups = [[index[BookingKey(name, r.id, k)] for k in range(r.count)] for r in requirements]
                compiled.ties += _ties(compiled, activity, groups)

    def explain(self, violation: Violation) -> str:
        d, name = violation.details, violation.activity
        return {
            "filled": f"{name} {_off(str(d.get('lacks', '')), str(d.get('more', '')))}",
            "twice": f"{violation.resource} fills several roles of {name}, which asks for different people",
            "meeting": f"the people of {name} do not meet as asked: {lasting(violation.amount)} off",
        }[str(d["what"])]

    def examples(self) -> Iterator[Example]:
        two = (sample.technician("ann"), sample.technician("bob"))
        pair = (sample.needs("one"), sample.needs("two"))
        problem = sample.problem(sample.activity(requirements=pair), technicians=two)
        one = sample.booking("a", "9:00", requirement="one")
        yield Example(
            problem,
            sample.plan(problem, one, sample.booking("a", "9:00", resource="bob", requirement="two")),
            sample.plan(problem, one, sample.booking("a", "9:10", resource="bob", requirement="two")),
        )
        yield Example(problem, Plan(), sample.plan(problem, one))
        later = {"kind": "sequential", "min_offset": timedelta(minutes=30), "max_offset": timedelta(minutes=60)}
        problem = sample.problem(sample.activity(requirements=pair, meeting=later), technicians=two)
        yield Example(
            problem,
            sample.plan(problem, one, sample.booking("a", "9:30", resource="bob", requirement="two")),
            sample.plan(problem, one, sample.booking("a", "9:30", requirement="two")),
        )


def _off(lacks: str, more: str) -> str:
    found = (
        f"lacks somebody for {lacks}" if lacks else "",
        f"has bookings that it does not ask for: {more}" if more else "",
    )
    return ", and ".join(filter(None, found))


def _by_requirement(activity: Activity, bookings: tuple[Booking, ...]) -> list[list[Booking]]:
    """Bookings of each requirement, in the order of the activity's requirements."""
    order: list[Requirement] = [r for s in activity.requirement_sets for r in s]
    groups = [[b for b in bookings if b.requirement == r.id] for r in order]
    return [group for group in groups if group]


def _ties(compiled: Compiled, activity: Activity, groups: list[list[int]]) -> Iterator[Tie]:
    meeting, clock = activity.meeting, compiled.clock
    if meeting.kind == "simultaneous":
        groups = [[slot for group in groups for slot in group]]
    if meeting.kind != "independent":
        yield from (Tie(group[0], other, 0, 0, tuple(group)) for group in groups for other in group[1:])
    if meeting.kind == "sequential":
        most = None if meeting.max_offset is None else meeting.max_offset // clock.length(1)
        for before, after in pairwise(groups):
            pair = (before[0], after[0])
            yield Tie(*pair, clock.ticks(meeting.min_offset), most, pair)
