"""Judge a plan, whoever made it: every breach of every rule, and what it costs. Shares no logic with the search."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.goal import Term
from scheduler.domain.held import STARTED, held_bookings
from scheduler.domain.override import Lock, Waiver
from scheduler.domain.plan import Booking, BookingKey, DayRoute, Plan, Score
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.domain.verdict import Concern, Verdict, Violation
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.rules import RULES, Rule, TermRule
from scheduler.solver.uncollected import uncollected
from scheduler.solver.view import View

TOLERANCE = 1e-9


@uncollected()
def verify(problem: Problem, plan: Plan, rules: Sequence[Rule] = RULES) -> Verdict:
    """Check a plan against every rule and score it.

    Parameters
    ----------
    problem
        What is given.
    plan
        It may be made by hand: technicians' bookings without a day route get the one that follows.
    rules
        All of them, in reporting order, when not given.

    Returns
    -------
    Verdict
        Violations in the rules' reporting order, each with a sentence; those that only fixed or waived bookings
        breach are marked as exempted. The score's times are minutes, its distances kilometres.

    Raises
    ------
    InvalidInput
        The plan speaks of activities, requirements, resources or breaks that the problem does not know, or of one
        booking twice.
    """
    require_known(problem, plan)
    view = View(problem, with_routes(problem, plan))
    return verdict(view, rules, {rule.id: rule.check(view) for rule in rules})


def require_known(problem: Problem, plan: Plan) -> None:
    """Raise InvalidInput when the plan says what can't be said in this problem."""
    if faults := tuple(_faults(problem, plan)):
        raise InvalidInput(faults, "plan")


def verdict(view: View, rules: Sequence[Rule], found: Mapping[str, Iterable[Violation]]) -> Verdict:
    """The verdict, once each rule's violations are known."""
    held = _Held(view.problem, view.plan)
    violations = tuple(_judged(rule, violation, held) for rule in rules for violation in found[rule.id])
    return Verdict(violations=violations, score=_score(view, rules, violations))


def _judged(rule: Rule, violation: Violation, held: "_Held") -> Violation:
    return violation.model_copy(update={"text": rule.explain(violation), "exempted": held.exempts(violation)})


def _score(view: View, rules: Sequence[Rule], violations: Sequence[Violation]) -> Score:
    goal = view.problem.goal
    asked = {term for term, _, _ in goal} | set(goal.limits)
    terms: dict[Term, float] = {r.term: r.measure(view) for r in rules if isinstance(r, TermRule) and r.term in asked}
    levels = tuple(sum(w * terms.get(t, 0.0) for t, w in level.weights.items()) for level in goal.levels)
    missing = sum(v.rule == "mandatory" or _lacks_team(view.problem, v) for v in violations)
    return Score(mandatory_unscheduled=missing, levels=levels, terms=terms)


def _lacks_team(problem: Problem, violation: Violation) -> bool:
    """Whether an activity of which only a part is held lacks the rest, and has not begun."""
    if violation.rule != "team" or not violation.exempted or violation.activity is None:
        return False
    begun = problem.activity[violation.activity].status in STARTED
    return violation.details.get("what") == "filled" and not begun


class _Held:
    """What nobody may move, found anew from the problem: the bookings that stand where a fact, the freeze or a lock
    holds them, by what is held of them; and what is waived."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._waivers = problem.waivers
        facts = held_bookings(problem)
        stand = [(b, facts[b.key]) for b in plan.bookings if b.key in facts]
        resource = {b.key for b, fact in stand if b.resource == fact.resource}
        time = {b.key for b, fact in stand if (b.start, b.end) == (fact.start, fact.end)}
        locked = [(b, lock) for lock in problem.active_locks for b in _bookings_of(problem, plan, lock)]
        resource |= {b.key for b, lock in locked if lock.holds_resource and b.resource == lock.resource}
        time |= {b.key for b, lock in locked if lock.holds_time and b.start == lock.start}
        self._keys = {Concern.RESOURCE: resource, Concern.TIME: time}

    def exempts(self, violation: Violation) -> bool:
        return self._fixed(violation) or any(_covers(waiver, violation) for waiver in self._waivers)

    def _fixed(self, violation: Violation) -> bool:
        held = (key in self._keys[concern] for key in violation.bookings for concern in violation.concerns)
        return bool(violation.bookings) and all(held)


def _bookings_of(problem: Problem, plan: Plan, lock: Lock) -> Sequence[Booking]:
    """The bookings that the lock holds; without a requirement, all that start when their activity does."""
    if lock.requirement is None:
        activity = problem.activity[lock.activity]
        leading = 1 if activity.meeting.kind == "sequential" else None
        starting = {r.id for requirements in activity.requirement_sets for r in requirements[:leading]}
        return [b for b in plan.by_activity.get(lock.activity, ()) if b.requirement in starting]
    booking = plan.by_key.get(BookingKey(lock.activity, lock.requirement, lock.ordinal))
    return () if booking is None else (booking,)


def _covers(waiver: Waiver, violation: Violation) -> bool:
    party = BookingKey(waiver.activity, waiver.requirement, waiver.ordinal)
    enough = violation.amount <= waiver.largest_amount + TOLERANCE
    return waiver.rule == violation.rule and enough and party in violation.bookings


def _faults(problem: Problem, plan: Plan) -> Iterator[Fault]:
    """What a plan can't say in this problem."""
    for n, booking in enumerate(plan.bookings):
        yield from _booking_faults(problem, booking, f"bookings[{n}]")
    for key, count in Counter(b.key for b in plan.bookings).items():
        if count > 1:
            yield Fault("bookings", f"{key} stands {count} times; keep one")
    for n, route in enumerate(plan.routes):
        technician = problem.technician.get(route.resource)
        if technician is None:
            yield Fault(f"routes[{n}].resource", f"{route.resource!r} is not the id of a technician; correct it")
        else:
            yield from _route_faults(problem, plan, technician, route, f"routes[{n}]")
    for (who, day), count in Counter((r.resource, r.day) for r in plan.routes).items():
        if count > 1:
            yield Fault("routes", f"{who!r} has {count} routes on {day}; join them")
    for key, count in Counter(key for r in plan.routes for key in r.bookings).items():
        if count > 1:
            yield Fault("routes", f"{key} stands in the routes {count} times; keep one")


def _booking_faults(problem: Problem, booking: Booking, path: str) -> Iterator[Fault]:
    activity = problem.activity.get(booking.activity)
    if activity is None:
        yield Fault(f"{path}.activity", f"{booking.activity!r} is not the id of an activity; correct it")
    elif booking.requirement not in {r.id for s in activity.requirement_sets for r in s}:
        wrong = f"{booking.requirement!r} is not a requirement of {activity.id!r}"
        yield Fault(f"{path}.requirement", f"{wrong}; correct it")
    if booking.resource not in problem.resource:
        yield Fault(f"{path}.resource", f"{booking.resource!r} is not the id of a technician or room; correct it")


def _route_faults(problem: Problem, plan: Plan, technician: Technician, route: DayRoute, path: str) -> Iterator[Fault]:
    breaks = {b.id for b in technician.breaks}
    for taken in route.breaks:
        if taken.id not in breaks:
            yield Fault(f"{path}.breaks", f"{taken.id!r} is not a break of {technician.id!r}; correct it")
    for key in route.bookings:
        booking = plan.by_key.get(key)
        if booking is None or booking.resource != technician.id:
            yield Fault(f"{path}.bookings", f"{key} is not a booking of {technician.id!r}; correct it")
    if route.restock is not None and not _has_travel(problem, technician, route.restock.place):
        wrong = f"{route.restock.place!r} is not a place that {technician.id!r} has travel times for"
        yield Fault(f"{path}.restock", f"{wrong}; correct it")


def _has_travel(problem: Problem, technician: Technician, place: str) -> bool:
    matrix = problem.travel.matrices.get(technician.travel_profile)
    if matrix is not None:
        return place in matrix.index
    known = problem.place.get(place)
    return known is not None and None not in (known.latitude, known.longitude)
