"""Every break that a used day owes is taken once: whole, in its window, at no stop, in no blocked time or other break.

A break with a price may be left out, which the goal prices; taken, it must be right all the same. A break after the
drive lies where no drive is left to do before the next stop, or before leaving home, or after coming back. A break
before work is missing where no booking follows it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from scheduler.domain.interval import Interval, Intervals, total
from scheduler.domain.plan import BreakTaken
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, Pause, Span
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Reach, Rule, lasting
from scheduler.solver.view import Day, OwedBreak, View, minutes

ZERO = timedelta(0)


class Breaks(Rule):
    id = "breaks"
    unit = "minutes"
    reach = Reach.RESOURCE

    def check(self, view: View) -> Iterable[Violation]:
        for day in view.used_days:
            taken = day.route.breaks if day.route else ()
            for owed in day.owed:
                if owed.rule.price is None and not day.takes(owed.rule):
                    yield self._missing(view, day, owed)
            for n, pause in enumerate(taken):
                for what, amount in _wrong(day, pause, taken[:n]):
                    yield self.violation(
                        *day.keys,
                        amount=amount,
                        resource=day.technician.id,
                        day=str(day.date),
                        name=pause.id,
                        what=what,
                    )

    def _missing(self, view: View, day: Day, owed: OwedBreak) -> Violation:
        there = [b.key for b in day.bookings if owed.window.overlaps(*view.occupied(b))]
        amount = max(minutes(owed.rule.duration), 1.0)
        return self.violation(
            *(there or day.keys),
            amount=amount,
            resource=day.technician.id,
            day=str(day.date),
            name=owed.rule.id,
            what="missing",
        )

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for r, technician in enumerate(problem.technicians):
            if technician.breaks:
                working = problem.working_days(technician)
                for lane in compiled.lanes_of[r]:
                    day = compiled.lanes.day[lane]
                    if day is not None and (spans := working.get(day)):
                        compiled.pauses[lane] = tuple(_pauses(compiled, technician, day, spans))

    def explain(self, violation: Violation) -> str:
        d, amount = violation.details, lasting(violation.amount)
        subject = f"{violation.resource}'s {d['name']} on {d['day']}"
        return (
            subject
            + {
                "missing": f" is missing ({amount})",
                "not due": " is planned but not due",
                "twice": " is planned twice",
                "length": f" is {amount} too long or too short",
                "window": f" lies {amount} outside its window",
                "overlap": f" overlaps a stop, blocked time or another break for {amount}",
                "drive": f" comes {amount} of driving before the next stop is reached",
            }[str(d["what"])]
        )

    def examples(self) -> Iterator[Example]:
        lunch = {"id": "lunch", "window": sample.local("9:30", "10:30"), "duration": timedelta(minutes=30)}
        hard = sample.technician(breaks=(lunch,))
        problem = sample.problem(sample.activity(), sample.activity("b"), technicians=(hard,))
        first = sample.booking("a", "9:00")
        yield Example(
            problem,
            sample.plan(problem, first, sample.booking("b", "10:00")),
            sample.plan(problem, first, sample.booking("b", "9:50")),
        )
        seated = sample.technician(breaks=({**lunch, "window": sample.local("9:30", "10:00"), "after_drive": True},))
        problem = sample.problem(sample.activity(), sample.activity("b", place="p3"), technicians=(seated,))
        early = sample.booking("a", "8:00")
        yield Example(
            problem,
            sample.plan(problem, early, sample.booking("b", "10:00")),
            sample.plan(problem, first, sample.booking("b", "10:30")),
        )


def _wrong(day: Day, pause: BreakTaken, before: tuple[BreakTaken, ...]) -> Iterator[tuple[str, float]]:
    """What is wrong with a break that is taken, and by how many minutes."""
    owed = next((o for o in day.owed if o.rule.id == pause.id), None)
    if owed is None:
        yield "not due", max(minutes(pause.end - pause.start), 1.0)
        return
    if any(b.id == pause.id for b in before):
        yield "twice", max(minutes(pause.end - pause.start), 1.0)
    if off := abs(minutes(pause.end - pause.start - owed.rule.duration)):
        yield "length", off
    outside = max(owed.window.start - pause.start, ZERO) + max(pause.end - owed.window.end, ZERO)
    if outside:
        yield "window", minutes(outside)
    taken = [*((s.start, s.end) for s in day.stops), *((i.start, i.end) for i in day.stretches)]
    taken += [(b.start, b.end) for b in before]
    shared = [(max(a, pause.start), min(b, pause.end)) for a, b in taken if a < pause.end and pause.start < b]
    if shared:
        yield "overlap", max(minutes(total(Interval(start=a, end=b) for a, b in shared if a < b)), 1.0)
    if owed.rule.after_drive and (left := _left_to_drive(day, pause.start, pause.end)) > ZERO:
        yield "drive", minutes(left)


def _left_to_drive(day: Day, start: datetime, end: datetime) -> timedelta:
    """How much of the drive that the break lies in is still to do at its start."""
    for drive in day.drives:
        if drive.leave < end and start < drive.reach:
            gone = start - drive.leave - day.paused(drive.leave, start)
            return (drive.duration or ZERO) - max(gone, ZERO)
    return ZERO


def _pauses(compiled: Compiled, technician: Technician, day: date, spans: Intervals) -> Iterator[Pause]:
    """The breaks whose window lies inside the working day, and that gaps and absences leave room for."""
    clock, whole = compiled.clock, Interval(start=spans[0].start, end=spans[-1].end)
    gone = [(clock.floor(a.interval.start), clock.ceil(a.interval.end)) for a in technician.absences]
    gone += [(clock.floor(a.end), clock.ceil(b.start)) for a, b in pairwise(spans)]
    for rule in technician.breaks:
        window = rule.on(day, technician.working_hours)
        if window is None or not whole.contains(window.start, window.end):
            continue
        earliest, latest_end, length = clock.ceil(window.start), clock.floor(window.end), clock.ticks(rule.duration)
        if _longest_free(earliest, latest_end, gone) >= length:
            price = None if rule.price is None else Fraction(str(rule.price))
            yield Pause(
                rule.id,
                earliest,
                latest_end,
                length,
                rule.paid,
                price,
                rule.after_drive,
                rule.before_work,
            )


def _longest_free(begin: int, end: int, gone: list[Span]) -> int:
    """Ticks of the longest part of [begin, end] that is not gone; -1 where nothing is left."""
    longest = -1
    for a, b in (*sorted(gone), (end, end)):
        if min(a, end) > begin:
            longest = max(longest, min(a, end) - begin)
        begin = max(begin, b)
    return longest
