"""A technician has no more bookings on a day, and is no longer at work, than the daily limits say."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Reach, Rule, lasting, number
from scheduler.solver.view import View, minutes


class DailyLimits(Rule):
    """Time at work counts from departure to return, unpaid breaks and blocked time left out."""

    id = "daily-limits"
    unit = "bookings, or minutes"
    reach = Reach.RESOURCE

    def check(self, view: View) -> Iterable[Violation]:
        for day in view.used_days:
            who, date = day.technician.id, str(day.date)
            most, longest = day.technician.max_activities_per_day, day.technician.max_time_per_day
            if most is not None and (count := len(day.bookings)) > most:
                yield self.violation(
                    *day.keys, amount=count - most, resource=who, day=date, count=count, limit=most, what="bookings"
                )
            if longest is not None and day.working_time > longest:
                over = minutes(day.working_time - longest)
                yield self.violation(
                    *day.keys, amount=over, resource=who, day=date, limit=minutes(longest), what="minutes"
                )

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for r, technician in enumerate(problem.technicians):
            lanes = compiled.lanes_of[r]
            if technician.max_activities_per_day is not None:
                compiled.most_bookings[lanes] = min(technician.max_activities_per_day, len(compiled.slots))
            if technician.max_time_per_day is not None:
                compiled.most_time[lanes] = technician.max_time_per_day // compiled.clock.length(1)

    def explain(self, violation: Violation) -> str:
        d, who = violation.details, violation.resource
        if d["what"] == "bookings":
            return f"{who} has {number(d['count'])} bookings on {d['day']}, {number(d['limit'])} are allowed"
        return f"{who} is at work {lasting(violation.amount)} more on {d['day']} than the {lasting(d['limit'])} allowed"

    def examples(self) -> Iterator[Example]:
        one = sample.technician(max_activities_per_day=1)
        problem = sample.problem(sample.activity("a"), sample.activity("b"), technicians=(one,), days=2)
        first = sample.booking("a", "9:00")
        yield Example(
            problem,
            sample.plan(problem, first, sample.booking("b", "9:00", day=1)),
            sample.plan(problem, first, sample.booking("b", "9:30")),
        )
        hour = sample.technician(max_time_per_day=timedelta(hours=1))
        problem = sample.problem(sample.activity("a"), sample.activity("b"), technicians=(hour,))
        yield Example(
            problem,
            sample.plan(problem, first, sample.booking("b", "9:30")),
            sample.plan(problem, first, sample.booking("b", "9:40")),
        )
