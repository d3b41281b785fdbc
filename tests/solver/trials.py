"""Bookings to try in tiny problems."""

from collections.abc import Iterator
from datetime import datetime
from itertools import product
from random import Random
from typing import Any

from scheduler.domain.activity import Requirement
from scheduler.domain.held import held_bookings, open_activities
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from tests.solver.tiny import FIRST, LAST, STEP, lasts, of_kind, step

Choice = tuple[str, datetime] | None
"""Resource and start of a role; None: left open."""


def trials(problem: Problem, known: list[Plan], most: int, seed: int) -> Iterator[Plan]:
    """All ways to book the activities where they are few; otherwise some at random and neighbours of known plans.

    `most`: how many of the latter; three times as many are few.
    """
    random = Random(seed)
    roles = [(a, r, n) for a in open_activities(problem) for s in a.requirement_sets for r in s for n in range(r.count)]
    choices_of = [choices(problem, requirement) for _, requirement, _ in roles]
    count = 1
    for of_role in choices_of:
        count *= len(of_role)
    if count <= 3 * most:
        yield from (_booked(problem, roles, chosen) for chosen in product(*choices_of))
        return
    stands = [
        known_plan
        for known_plan in (problem.standing, Plan(bookings=tuple(held_bookings(problem).values())))
        if known_plan
    ]
    bases = [_chosen(roles, plan) for plan in (*known, *stands)]
    for n in range(most):
        chosen = list(bases[n % len(bases)]) if n % 6 else [random.choice(c) for c in choices_of]
        if n >= len(bases):
            for _ in range(random.choice((1, 1, 2))):
                _change(random, roles, choices_of, chosen)
        yield _booked(problem, roles, chosen, longer=random.random() < 0.02)


def choices(problem: Problem, requirement: Requirement) -> list[Choice]:
    days = (problem.horizon.end.date() - problem.horizon.start.date()).days + 1
    starts = [step(n, day) for day in range(days) for n in range(FIRST, LAST + 1)]
    return [None, *product(of_kind(problem, requirement), starts)]


def _chosen(roles: list[Any], plan: Plan) -> list[Choice]:
    keys = [(a.id, r.id, n) for a, r, n in roles]
    found = {tuple(b.key): (b.resource, b.start) for b in plan.bookings}
    return [found.get(key) for key in keys]


def _change(random: Random, roles: list[Any], choices: list[list[Choice]], chosen: list[Choice]) -> None:
    """Move a role, or all of its activity, or put it elsewhere."""
    at = random.randrange(len(roles))
    mates = [n for n, role in enumerate(roles) if role[0].id == roles[at][0].id]
    kind = random.choice(("move", "move", "move all", "elsewhere", "drop"))
    if kind == "elsewhere":
        chosen[at] = random.choice(choices[at])
        return
    by = random.choice((-2, -1, 1, 2)) * STEP
    for n in mates if kind != "move" else [at]:
        old = chosen[n]
        chosen[n] = None if kind == "drop" or old is None else (old[0], old[1] + by)


def _booked(problem: Problem, roles: list[Any], chosen: Any, longer: bool = False) -> Plan:
    held, bookings = held_bookings(problem), []
    for (activity, requirement, ordinal), choice in zip(roles, chosen, strict=True):
        if choice is not None:
            resource, start = choice
            length = lasts(activity, requirement, problem.technician.get(resource)) + longer * STEP
            booking = Booking(activity=activity.id, requirement=requirement.id, ordinal=ordinal, resource=resource,
                              start=start, end=start + length)  # fmt: skip
            fact = held.get(booking.key)
            same = fact is not None and (fact.resource, fact.start) == (resource, start)
            bookings.append(fact if fact is not None and same else booking)
    return Plan(bookings=tuple(_stretched(problem, held, bookings)))


def _stretched(problem: Problem, held: Any, bookings: list[Booking]) -> Iterator[Booking]:
    """Rooms are booked as long as the technicians of the activity stay."""
    for booking in bookings:
        until = max(b.end for b in bookings if b.activity == booking.activity)
        if booking.resource in problem.room and booking.key not in held:
            booking = booking.model_copy(update={"end": max(booking.end, until)})
        yield booking
