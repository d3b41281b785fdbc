"""What a plan anew in the middle of a day changes: work went other than planned, somebody falls ill, customers call."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from benchmarks.machine import machine, today
from benchmarks.runs import clock_of_the_cpu
from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.activity import Activity, ActivityStatus
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.interval import Interval
from scheduler.domain.outcome import Progress
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Absence
from scheduler.solver.compare import Kind, compare

NOON = timedelta(hours=12)
EARLY = (0, 0, 2, 5)
"""Minutes before its time at which work was begun and done, drawn for each activity."""
CALLS, URGENT = 0.03, 10
"""Share of the activities of which nobody knew before noon, and the priority of each."""
SHIFTED_BY = 60
"""Minutes by which a booking is shifted for the price of giving it to somebody else."""
NOTICED = timedelta(minutes=15)
"""A shift that customers mind."""

Sizes = Annotated[str, typer.Option(help="Comma-separated: how many activities.")]
Prices = Annotated[str, typer.Option(help="Comma-separated: minutes of travel that a booking is worth that is kept.")]
Budget = Annotated[float, typer.Option(help="CPU seconds for the plan, and for the plan anew.")]
Seeds = Annotated[int, typer.Option(help="Seeds 1 to N, of the generator and of the search.", min=1)]
Out = Annotated[Path | None, typer.Option(help="Append a JSON line per plan anew.")]


@dataclass(frozen=True)
class Replan:
    """One plan anew.

    Attributes
    ----------
    price
        Minutes of travel that a booking is worth that stays with whom it was.
    open
        Bookings of people that stood at noon and were still to be done, without those of who fell ill.
    reassigned, shifted, removed
        Of these: by somebody else now, by the same at another time, by nobody.
    lost, travel
        Priority lost by the plan anew, and its minutes of travel.
    first_s, first_lost
        CPU seconds until there was a plan that keeps the rules, and what that lost.
    """

    activities: int
    seed: int
    price: float
    budget_s: float
    open: int
    reassigned: int
    shifted: int
    removed: int
    lost: float
    travel: float
    first_s: float
    first_lost: float
    kind: str = "replan"
    machine: str = ""
    date: str = ""

    @property
    def line(self) -> str:
        changed = f"{self.reassigned:11} {self.shifted:8} {self.removed:8}"
        costs = f"{self.lost:6.0f} {self.travel:8.0f} {self.first_s:8.2f} {self.first_lost:6.0f}"
        return f"{self.activities:10} {self.seed:5} {self.price:6g} {self.open:6} {changed} {costs}"


def replan(
    sizes: Sizes = "300,1000", prices: Prices = "0,10,60", budget: Budget = 10, seeds: Seeds = 3, out: Out = None
) -> None:
    """Plan, then plan anew at noon when work went other than planned; print what changes for whom, and what is lost."""
    from scheduler.solver.kernel import warm_up

    warm_up()
    typer.echo("activities  seed  price   open  reassigned  shifted  removed   lost   travel  first s   lost")
    for size in map(int, sizes.split(",")):
        for seed in range(1, seeds + 1):
            stood = _at_noon(Recipe.usual("full", size, seed), budget)
            for price in map(float, prices.split(",")):
                found = _anew(stood, size, seed, price, budget)
                typer.echo(found.line)
                if out is not None:
                    with out.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(found)) + "\n")


def _at_noon(recipe: Recipe, budget: float) -> Problem:
    """Return the problem at noon, with the plan that was made when the day began: the first, of a week the second."""
    from scheduler import solve

    problem, chance = FIELD.to_problem(draw(recipe)), Random(recipe.seed)
    promised = {lock.activity for lock in problem.locks} | {a.id for a in problem.activities if a.mandatory}
    others = [a.id for a in problem.activities if a.id not in promised]
    calls = set(chance.sample(others, round(CALLS * len(problem.activities))))
    known = problem.replace(activities=tuple(a for a in problem.activities if a.id not in calls))
    with clock_of_the_cpu():
        plan = solve(known, time_limit=budget, seed=recipe.seed, workers=1).plan
    noon = problem.horizon.start + timedelta(days=min(1, recipe.days - 1)) + NOON
    return _with_news(problem, plan, noon, calls, chance)


def _with_news(problem: Problem, plan: Plan, noon: datetime, calls: set[str], chance: Random) -> Problem:
    """Return the problem in which what was begun is a fact, calls are urgent, and one who would go on is ill."""
    stood = plan.by_activity
    urgent = (a.model_copy(update={"priority": URGENT}) if a.id in calls else a for a in problem.activities)
    activities = (_as_it_went(a, stood[a.id], noon, chance) if a.id in stood else a for a in urgent)
    evening = noon + NOON
    busy = {b.resource for b in plan.bookings if noon < b.start < evening}
    ill = chance.choice([t for t in problem.technicians if t.id in busy])
    away = ill.model_copy(update={"absences": (*ill.absences, Absence(interval=Interval(start=noon, end=evening)))})
    technicians = (away if t is ill else t for t in problem.technicians)
    return problem.replace(activities=tuple(activities), technicians=tuple(technicians), standing=plan, now=noon)


def _as_it_went(activity: Activity, bookings: tuple[Booking, ...], noon: datetime, chance: Random) -> Activity:
    start, end = min(b.start for b in bookings), max(b.end for b in bookings)
    early = timedelta(minutes=chance.choice(EARLY))
    if start > noon:
        return activity
    facts = {"status": ActivityStatus.IN_PROGRESS, "actual_start": start - early}
    if end - early <= noon:
        facts |= {"status": ActivityStatus.COMPLETED, "actual_end": end - early}
    return activity.model_copy(update=facts)


def _anew(problem: Problem, size: int, seed: int, price: float, budget: float) -> Replan:
    from scheduler import solve

    kept = {Term.REASSIGNED: price, Term.SHIFTED: price / SHIFTED_BY} if price else {}
    goal = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1}), Level(weights={Term.TRAVEL_TIME: 1, **kept})))
    told: list[Progress] = []
    with clock_of_the_cpu():
        outcome = solve(problem.replace(goal=goal), time_limit=budget, seed=seed, workers=1, on_progress=told.append)
    standing = problem.standing
    assert standing is not None
    could_stay = {booking.key for booking in _open(problem, standing)}
    changes = [c for c in compare(problem, standing, outcome.plan).changes if c.key in could_stay]
    terms = outcome.verdict.score.terms
    return Replan(
        activities=size,
        seed=seed,
        price=price,
        budget_s=budget,
        open=len(could_stay),
        reassigned=sum(c.kind in (Kind.REASSIGNED, Kind.REASSIGNED_AND_SHIFTED) for c in changes),
        shifted=sum(c.kind is Kind.SHIFTED and abs(c.shift) >= NOTICED for c in changes),
        removed=sum(c.kind is Kind.REMOVED for c in changes),
        lost=terms[Term.UNSCHEDULED],
        travel=terms[Term.TRAVEL_TIME],
        first_s=round(told[0].seconds, 2),
        first_lost=told[0].score.levels[0],
        machine=machine(),
        date=today(),
    )


def _open(problem: Problem, standing: Plan) -> Iterator[Booking]:
    """Yield the standing bookings of people that could be kept."""
    assert problem.now is not None
    for booking in standing.bookings:
        if booking.start > problem.now and booking.resource in problem.technician:
            away = (absence.interval for absence in problem.technician[booking.resource].absences)
            if not any(span.start < booking.end and booking.start < span.end for span in away):
                yield booking
