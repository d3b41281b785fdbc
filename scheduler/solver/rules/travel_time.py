"""Between two stops a technician has the time that the drive takes, breaks and absences in between not counted."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Reach, Rule, lasting
from scheduler.solver.view import Day, Drive, View, minutes

NO_WAY = 366.0 * 24 * 60
"""Amount of a breach where there is no way at all: longer than any horizon."""


class TravelTime(Rule):
    id = "travel-time"
    unit = "minutes"
    reach = Reach.RESOURCE

    def check(self, view: View) -> Iterable[Violation]:
        for day in view.used_days:
            for drive in day.drives:
                overlapping = drive.reach < drive.leave and drive.before is not None and drive.after is not None
                if not overlapping and (lack := _lack(day, drive)) > 0:
                    bookings = [b for b in (drive.before, drive.after) if b is not None]
                    yield self.violation(
                        *(() if _at_depot(day, drive) else (b.key for b in bookings)),
                        amount=lack,
                        resource=day.technician.id,
                        start=drive.start_place or "",
                        end=drive.end_place or "",
                        activities=" to ".join(b.activity for b in bookings),
                        needs=None if drive.duration is None else minutes(drive.duration),
                    )

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        compiled.travels = True

    def explain(self, violation: Violation) -> str:
        d, who = violation.details, violation.resource
        where = f"from {d['start']} to {d['end']} ({d['activities']})"
        if d["needs"] is None:
            return f"there is no way for {who} {where}"
        return f"{who} needs {lasting(d['needs'])} {where}, {lasting(violation.amount)} more than there is"

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity("a", place="p1"), sample.activity("b", place="p3"))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00"), sample.booking("b", "9:50")),
            sample.plan(problem, sample.booking("a", "9:00"), sample.booking("b", "9:40")),
        )


def _at_depot(day: Day, drive: Drive) -> bool:
    """Whether the drive leads to or from the restocking stop, which can always be left out: nobody is exempted."""
    first, last = day.drives[0], day.drives[-1]
    return (drive.before is None and drive is not first) or (drive.after is None and drive is not last)


def _lack(day: Day, drive: Drive) -> float:
    """Minutes that are missing for the drive."""
    if drive.duration is None:
        return NO_WAY
    available = drive.reach - drive.leave - day.paused(drive.leave, drive.reach)
    return minutes(max(timedelta(0), drive.duration - available))
