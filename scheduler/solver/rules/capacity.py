"""What a technician carries for the bookings of a day fits the capacity, dimension by dimension.

A technician carries nothing of a dimension without a capacity for it. An activity's load counts once for each of its
technicians' bookings. Amounts are compared in thousandths.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Reach, Rule, number
from scheduler.solver.view import View

LARGEST_LOAD = 2**40


class Capacity(Rule):
    id = "capacity"
    unit = "units of the dimension"
    reach = Reach.RESOURCE

    def check(self, view: View) -> Iterable[Violation]:
        for day in view.used_days:
            loads = [(b.key, view.activity(b).load) for b in day.bookings]
            for dimension in sorted({d for _, load in loads for d in load}):
                capacity = day.technician.capacity.get(dimension, 0.0)
                carried = sum(round(1000 * load.get(dimension, 0.0)) for _, load in loads)
                if (excess := carried - round(1000 * capacity)) > 0:
                    parties = (key for key, load in loads if load.get(dimension))
                    yield self.violation(
                        *parties,
                        amount=excess / 1000,
                        resource=day.technician.id,
                        day=str(day.date),
                        dimension=dimension,
                        carried=carried / 1000,
                        capacity=capacity,
                    )

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        wanted = [problem.activity[name].load for name in compiled.activities]
        dimensions = sorted({d for load in wanted for d, amount in load.items() if amount})
        if not dimensions:
            return
        loads = np.array([[load.get(d, 0.0) for d in dimensions] for load in wanted])
        loads = np.minimum(np.rint(1000 * loads), LARGEST_LOAD).astype(np.int64)
        compiled.load = np.where(compiled.slots.is_room[:, None], 0, loads[compiled.slots.activity])
        everything = compiled.load.sum(axis=0)
        held = np.zeros((len(compiled.resources), len(dimensions)))
        for r, technician in enumerate(problem.technicians):
            held[r] = [technician.capacity.get(d, 0.0) for d in dimensions]
        fitting = np.minimum(np.rint(1000 * held), everything).astype(np.int64)
        compiled.capacity = fitting[compiled.lanes.resource]

    def explain(self, violation: Violation) -> str:
        d = violation.details
        activities = ", ".join(key.activity for key in violation.bookings)
        return (
            f"{violation.resource} carries {number(d['carried'])} {d['dimension']} on {d['day']} for {activities}, "
            f"{number(violation.amount)} more than the {number(d['capacity'])} that fit"
        )

    def examples(self) -> Iterator[Example]:
        van = sample.technician(capacity={"kg": 10})
        heavy = (sample.activity(name, load={"kg": 6}) for name in ("a", "b"))
        problem = sample.problem(*heavy, technicians=(van,), days=2)
        first = sample.booking("a", "9:00")
        yield Example(
            problem,
            sample.plan(problem, first, sample.booking("b", "9:00", day=1)),
            sample.plan(problem, first, sample.booking("b", "9:30")),
        )
        on_foot = (sample.technician("ann", capacity={"kg": 10}), sample.technician("bob"))
        problem = sample.problem(sample.activity(load={"kg": 6}), technicians=on_foot)
        yield Example(
            problem,
            sample.plan(problem, first),
            sample.plan(problem, sample.booking("a", "9:00", resource="bob")),
        )
