"""An activity follows the one before it: only when that one is scheduled, within the lags, by the same or other people.

An activity starts with its earliest booking and ends with its latest; all bookings of both are parties to a wrong lag
or day. Where `before` has begun and no booking of it stands, its actual times are facts that nobody plans: it counts
as scheduled, by nobody that is known. Without an actual end it is taken to last as long as it should.
"""

from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from scheduler.domain.activity import Activity, ActivityStatus
from scheduler.domain.activity import Precedence as Order
from scheduler.domain.plan import Booking
from scheduler.domain.problem import Problem
from scheduler.domain.resource import ONE_DAY, at_local
from scheduler.domain.verdict import Concern, Violation
from scheduler.solver.compiled import Compiled, Link, Span
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import BOTH, RESOURCE, TIME, Example, Model, Rule, lasting, number
from scheduler.solver.view import View, minutes

Bookings = tuple[Booking, ...]


class Precedence(Rule):
    id = "precedence"
    unit = "minutes, days, or 1"
    static = True

    def check(self, view: View) -> Iterable[Violation]:
        begun = (ActivityStatus.IN_PROGRESS, ActivityStatus.COMPLETED)
        open_ids = {a.id for a in view.open}
        for p in view.problem.precedences:
            before, after = (view.plan.by_activity.get(name, ()) for name in (p.before, p.after))
            fact = view.problem.activity[p.before]
            if not after:
                continue
            if before:
                yield from self._people(view, p, before, after)
                begin, end = before[0].start, max(b.end for b in before)
            elif p.before not in open_ids and fact.status in begun and fact.actual_start is not None:
                begin, end = fact.actual_start, fact.actual_end or fact.actual_start + fact.duration
            else:
                yield self._breach(p, after, 1, "missing", BOTH)
                continue
            start, zone = after[0].start, ZoneInfo(view.problem.time_zone)
            yield from self._lag(p, (*before, *after), start - (end if p.kind == "finish-to-start" else begin))
            days = (start.astimezone(zone).date() - begin.astimezone(zone).date()).days
            if p.same_day and days:
                yield self._breach(p, (*before, *after), abs(days), "day", TIME)

    def _lag(self, p: Order, parties: Bookings, gap: timedelta) -> Iterator[Violation]:
        if gap < p.min_lag:
            yield self._breach(p, parties, minutes(p.min_lag - gap), "early", TIME)
        elif p.max_lag is not None and gap > p.max_lag:
            yield self._breach(p, parties, minutes(gap - p.max_lag), "late", TIME)

    def _people(self, view: View, p: Order, before: Bookings, after: Bookings) -> Iterator[Violation]:
        people = view.problem.technician
        served = tuple(b for b in (*before, *after) if b.resource in people)
        both = {b.resource for b in before} & {b.resource for b in after} & set(people)
        if p.technicians == "same" and not both:
            yield self._breach(p, served or after, 1, "same", RESOURCE)
        for who in sorted(both) if p.technicians == "different" else ():
            yield self._breach(p, tuple(b for b in served if b.resource == who), 1, "different", RESOURCE, who)

    def _breach(
        self, p: Order, parties: Bookings, amount: float, what: str, on: frozenset[Concern], who: str | None = None
    ) -> Violation:
        keys = (b.key for b in parties)
        return self.violation(*keys, amount=amount, activity=p.after, resource=who, concerns=on, what=what,
                              before=p.before, kind=p.kind)  # fmt: skip

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        index = {name: n for n, name in enumerate(compiled.activities)} if problem.precedences else {}
        for p in problem.precedences:
            if p.after in index and p.before in index:
                compiled.links.append(_link(compiled, p, index[p.before], index[p.after]))
            elif p.after in index:
                first, last = _after_fact(problem, compiled, p)
                leading = _leading(problem.activity[p.after])
                for slot in compiled.slots_of[index[p.after]]:
                    ends = last if compiled.slots.keys[slot].requirement in leading else compiled.horizon
                    compiled.cut(compiled.starts, slot, ((first, ends),))

    def encode(self, compiled: Compiled, model: Model) -> None:
        """Where it is open which booking comes first, the latest start after a fact binds only that one."""
        problem = compiled.problem
        index = {name: n for n, name in enumerate(compiled.activities)} if problem.precedences else {}
        for p in problem.precedences:
            if p.after not in index or p.before in index or not (p.same_day or p.max_lag is not None):
                continue
            n, roles = index[p.after], [r.id for s in problem.activity[p.after].requirement_sets for r in s]
            if (
                set(roles) - _leading(problem.activity[p.after])
                and problem.activity[p.after].meeting.kind == "independent"
            ):
                _, last = _after_fact(problem, compiled, p)
                model.require(model.activity_start(n) <= last, rule=self.id, slots=compiled.slots_of[n],
                              only_if=[model.scheduled(n)])  # fmt: skip

    def explain(self, violation: Violation) -> str:
        d, after, amount = violation.details, violation.activity, lasting(violation.amount)
        since = f"the {'end' if d['kind'] == 'finish-to-start' else 'start'} of {d['before']}"
        return {
            "missing": f"{after} follows {d['before']}, which is not scheduled",
            "early": f"{after} starts {amount} too early after {since}",
            "late": f"{after} starts {amount} too late after {since}",
            "day": f"{after} must start on the day of {d['before']}, but is {number(violation.amount)} days off",
            "same": f"nobody serves both {d['before']} and {after}, which ask for the same technician",
            "different": f"{violation.resource} serves both {d['before']} and {after}, which ask for different people",
        }[str(d["what"])]

    def examples(self) -> Iterator[Example]:
        hour, half = timedelta(hours=1), timedelta(minutes=30)
        yield _pair({}, good="9:30", bad="8:20")
        yield _pair({"min_lag": half}, good="10:00", bad="9:30")
        yield _pair({"max_lag": half}, good="10:00", bad="10:10")
        yield _pair({"kind": "start-to-start", "min_lag": -half, "max_lag": hour}, good="8:30", bad="8:00")
        yield _pair({"technicians": "same"}, good="10:00", bad="10:00", bad_by="bob")
        yield _pair({"technicians": "different"}, good="10:00", bad="10:00", good_by="bob")
        yield _pair({"same_day": True}, good="10:00", bad="10:00", bad_day=1)
        problem = sample.problem(sample.activity("a"), sample.activity("b"), precedences=(_sample(),))
        first, second = sample.booking("a", "9:00"), sample.booking("b", "9:30")
        yield Example(problem, sample.plan(problem, first, second), sample.plan(problem, second))
        done = sample.activity("a", status="completed", actual_start=sample.at("8:00"), actual_end=sample.at("9:00"))
        problem = sample.problem(done, sample.activity("b"), precedences=(_sample(min_lag=hour, max_lag=hour),))
        on_time = sample.plan(problem, sample.booking("b", "10:00"))
        yield Example(problem, on_time, sample.plan(problem, sample.booking("b", "9:30")))
        yield Example(problem, on_time, sample.plan(problem, sample.booking("b", "10:10")))


def _link(compiled: Compiled, p: Order, before: int, after: int) -> Link:
    clock = compiled.clock
    most = None if p.max_lag is None else p.max_lag // clock.length(1)
    finish = p.kind == "finish-to-start"
    return Link(before, after, finish, clock.ticks(p.min_lag), most, p.technicians, p.same_day)


def _after_fact(problem: Problem, compiled: Compiled, p: Order) -> Span:
    """First and last tick at which the activity may start after a `before` that no booking stands for."""
    fact, clock = problem.activity[p.before], compiled.clock
    if fact.status is ActivityStatus.CANCELLED or fact.actual_start is None:
        return compiled.horizon + 1, 0
    since = fact.actual_start
    if p.kind == "finish-to-start":
        since = since + fact.duration if fact.actual_end is None else fact.actual_end
    first = clock.ceil(since + p.min_lag)
    last = compiled.horizon if p.max_lag is None else clock.floor(since + p.max_lag)
    if p.same_day:
        day = fact.actual_start.astimezone(ZoneInfo(problem.time_zone)).date()
        first = max(first, clock.ceil(at_local(day, time(0), problem.time_zone)))
        last = min(last, clock.ceil(at_local(day + ONE_DAY, time(0), problem.time_zone)) - 1)
    return first, last


def _leading(activity: Activity) -> frozenset[str]:
    """Requirements of which every booking starts when the activity does."""
    sets = activity.requirement_sets
    if activity.meeting.kind == "sequential":
        return frozenset(s[0].id for s in sets)
    alone = activity.meeting.kind == "independent"
    return frozenset(r.id for s in sets for r in s if not alone or (len(s) == 1 and r.count == 1))


def _sample(**more: object) -> Order:
    return Order.model_validate({"before": "a", "after": "b", **more})


def _pair(
    more: dict[str, object], good: str, bad: str, good_by: str = "ann", bad_by: str = "ann", bad_day: int = 0
) -> Example:
    """Ann serves a from 9:00 to 9:30; b comes after it."""
    activities = (sample.activity("a"), sample.activity("b"))
    people = (sample.technician("ann"), sample.technician("bob"))
    problem = sample.problem(*activities, technicians=people, precedences=(_sample(**more),), days=2)
    first = sample.booking("a", "9:00")
    return Example(
        problem,
        sample.plan(problem, first, sample.booking("b", good, resource=good_by)),
        sample.plan(problem, first, sample.booking("b", bad, resource=bad_by, day=bad_day)),
    )
