"""Judge a plan, whoever made it: every breach of every rule, and what the plan costs. Shares no code with the search."""

from collections.abc import Mapping, Sequence

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.goal import Goal, Term
from scheduler.domain.held import held_bookings
from scheduler.domain.plan import Booking, BookingKey, Plan, Score
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Concern, Verdict, Violation
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.rules import RULES, Rule, TermRule
from scheduler.solver.view import View


def verify(problem: Problem, plan: Plan, rules: Sequence[Rule] = RULES) -> Verdict:
    """Check a plan against every rule and score it.

    Parameters
    ----------
    problem, plan
        The plan may be made by hand: technicians' bookings without a day route get the one that follows.

    Returns
    -------
    Verdict
        Violations in the rules' reporting order, each with a sentence; those that only fixed or waived bookings
        breach are marked as exempted. The score's times are minutes, its distances kilometres.

    Raises
    ------
    InvalidInput
        The plan speaks of activities, requirements, resources or breaks that the problem does not know.
    """
    _known(problem, plan)
    view = View(problem, with_routes(problem, plan))
    held = _Held(problem)
    found = (_judged(rule, violation, held) for rule in rules for violation in rule.check(view))
    violations = tuple(found)
    return Verdict(violations=violations, score=_score(view, rules, violations))


def _judged(rule: Rule, violation: Violation, held: "_Held") -> Violation:
    return violation.model_copy(update={"text": rule.explain(violation), "exempted": held.exempts(violation)})


def _score(view: View, rules: Sequence[Rule], violations: Sequence[Violation]) -> Score:
    goal: Goal = view.problem.goal
    asked = {term for term, _, _ in goal} | set(goal.limits)
    terms: dict[Term, float] = {r.term: r.measure(view) for r in rules if isinstance(r, TermRule) and r.term in asked}
    levels = tuple(sum(w * terms.get(t, 0.0) for t, w in level.weights.items()) for level in goal.levels)
    missing = sum(v.rule == "mandatory" for v in violations)
    return Score(mandatory_unscheduled=missing, levels=levels, terms=terms)


class _Held:
    """What nobody may move, found anew from the problem: which bookings are held, in what, and what is waived."""

    def __init__(self, problem: Problem) -> None:
        self._waivers = problem.waivers
        self._facts = set(held_bookings(problem))
        self._resource = {BookingKey(k.activity, k.requirement, k.ordinal)
                          for k in problem.active_locks if k.holds_resource and k.requirement}
        timed = [k for k in problem.active_locks if k.holds_time]
        self._time = {BookingKey(k.activity, k.requirement, k.ordinal) for k in timed if k.requirement}
        for activity in (problem.activity[k.activity] for k in timed if k.requirement is None):
            leading = 1 if activity.meeting.kind == "sequential" else None
            asked = (r for requirements in activity.requirement_sets for r in requirements[:leading])
            self._time |= {BookingKey(activity.id, r.id, n) for r in asked for n in range(r.count)}

    def exempts(self, violation: Violation) -> bool:
        return self._fixed(violation) or any(
            w.rule == violation.rule and violation.amount <= w.largest_amount + 1e-9
            and BookingKey(w.activity, w.requirement, w.ordinal) in violation.bookings
            for w in self._waivers
        )

    def _fixed(self, violation: Violation) -> bool:
        return bool(violation.bookings) and all(
            self._holds(key, concern) for key in violation.bookings for concern in violation.concerns
        )

    def _holds(self, key: BookingKey, concern: Concern) -> bool:
        if key in self._facts:
            return True
        if concern is Concern.RESOURCE:
            return key in self._resource
        return key in self._time


def _known(problem: Problem, plan: Plan) -> None:
    """Raise InvalidInput for what a plan can't speak of in this problem."""
    faults = [fault for n, booking in enumerate(plan.bookings) for fault in _booking_faults(problem, booking, n)]
    keys = [booking.key for booking in plan.bookings]
    faults += [Fault(f"bookings[{n}]", f"booking {k} stands twice; keep one") for n, k in enumerate(keys) if k in keys[:n]] if len(set(keys)) < len(keys) else []
    for n, route in enumerate(plan.routes):
        technician = problem.technician.get(route.resource)
        if technician is None:
            faults.append(Fault(f"routes[{n}].resource", f"{route.resource!r} is not the id of a technician; correct it"))
            continue
        breaks: Mapping[str, object] = {b.id: b for b in technician.breaks}
        faults += [Fault(f"routes[{n}].breaks", f"{b.id!r} is not a break of {technician.id!r}; correct it")
                   for b in route.breaks if b.id not in breaks]
        faults += [Fault(f"routes[{n}].bookings", f"{key} is not a booking of {technician.id!r}; correct it")
                   for key in route.bookings if (b := plan.by_key.get(key)) is None or b.resource != technician.id]
    if faults:
        raise InvalidInput(tuple(faults), "plan")


def _booking_faults(problem: Problem, booking: Booking, n: int) -> list[Fault]:
    activity = problem.activity.get(booking.activity)
    if activity is None:
        return [Fault(f"bookings[{n}].activity", f"{booking.activity!r} is not the id of an activity; correct it")]
    faults = []
    if booking.resource not in problem.resource:
        faults.append(Fault(f"bookings[{n}].resource", f"{booking.resource!r} is not a technician or room; correct it"))
    if booking.requirement not in {r.id for s in activity.requirement_sets for r in s}:
        faults.append(Fault(f"bookings[{n}].requirement", f"{booking.requirement!r} is not a requirement of {activity.id!r}"))
    return faults
