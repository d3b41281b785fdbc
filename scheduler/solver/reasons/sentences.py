"""The answers in a dispatcher's words."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.domain.activity import Activity
from scheduler.domain.plan import Booking, Reason, Score
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.reasons.asking import Finding, Role
from scheduler.solver.rules import RULES

MOST_NAMED = 4

UNSUITED = {
    "skill-match": "lack {skill} at level {asked} or better",
    "territory": "do not work in territory {territory}",
    "resource-choice": "may not be chosen for it",
    "tools-and-parts": "lack {names}",
    "locks": "are not whom a lock holds",
}
CAN_NOT = {
    "working-hours": "would have to work or drive outside their working hours",
    "absence": "are absent",
    "breaks": "would lose a break",
    "no-overlap": "are at other activities",
    "travel-time": "have too little time to drive",
    "capacity": "can't carry it",
    "tools-and-parts": "lack tools or parts",
    "daily-limits": "would exceed their daily limits",
    "skill-match": "have a skill that has expired",
    "room-opening": "are closed",
    "room-capacity": "are full",
    "precedence": "would break the order with another activity",
    "locks": "would break a lock",
}


def when(problem: Problem, moment: datetime) -> str:
    """Such as "Mon 5 Jan 09:00", local time of the problem."""
    local = moment.astimezone(ZoneInfo(problem.time_zone))
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def closest(
    problem: Problem, activity: Activity, bookings: Sequence[Booking], breaches: Sequence[Violation], *,
    empty: bool = False,
) -> Reason:  # fmt: skip
    """What stands in the way of the alternative that breaks least: its first breach leads, the others follow.

    `empty`: the breaches are those on a day without anything else.
    """
    who = " and ".join(b.resource for b in bookings)
    start = when(problem, bookings[0].start)
    told = "; ".join(dict.fromkeys(v.text or explain(v) for v in breaches[:3]))
    more = f"; and {len(breaches) - 3} more" if len(breaches) > 3 else ""
    day = ", even on an otherwise empty day" if empty else ""
    text = f"of what was tried, {who} at {start} comes closest{day}: {told}{more}"
    return Reason(
        rule=breaches[0].rule, text=text, subjects=_subjects(activity, (b.resource for b in bookings), breaches)
    )


def explain(violation: Violation) -> str:
    return next(rule for rule in RULES if rule.id == violation.rule).explain(violation)


def of_role(problem: Problem, activity: Activity, role: Role) -> list[Reason]:
    """One sentence for each rule that keeps resources of the kind from the role."""
    kind = role.requirement.kind
    name = "" if len(activity.requirement_sets) == 1 == len(activity.requirements) else f" ({role.requirement.id})"
    if not role.total:
        return [Reason(rule="eligibility", text=f"{activity.id} asks for a {kind}{name}, and there is none",
                       subjects=(activity.id,))]  # fmt: skip
    reasons = _unsuited(activity, role, f"{kind}s", name)
    suited = [f for f in role.findings if f.resource not in role.unsuited]
    for stage, told in (("alone", "even on an otherwise empty day"), ("busy", "with what is planned for them")):
        reasons += _unable(problem, activity, role, [f for f in suited if f.kind == stage], told + name)
    if role.unasked and reasons:
        reasons.append(not_looked_at(activity, role))
    return reasons


def not_looked_at(activity: Activity, role: Role) -> Reason:
    count, looked = len(role.unasked), len({*role.unsuited, *(f.resource for f in role.findings)})
    kind = role.requirement.kind
    text = (f"the days of {count} of {role.total} {kind}s were not looked at for {activity.id} "
            f"({role.requirement.id}): {looked} were ruled out or tried before")  # fmt: skip
    if not looked:
        text = f"time was up before any {kind} was looked at for {activity.id} ({role.requirement.id})"
    return Reason(rule="search", text=text, subjects=(activity.id,))


def _unsuited(activity: Activity, role: Role, kinds: str, name: str) -> list[Reason]:
    by_rule: dict[tuple[str, str], list[str]] = {}
    for resource, violations in role.unsuited.items():
        for rule, phrase in dict.fromkeys((v.rule, _never(v)) for v in violations):
            by_rule.setdefault((rule, phrase), []).append(resource)
    reasons = []
    for (rule, phrase), resources in sorted(by_rule.items(), key=lambda item: -len(item[1])):
        text = f"{_share(resources, role.total, kinds)} {phrase}, which {activity.id} asks for{name}"
        if rule in ("territory", "resource-choice", "locks"):
            text = f"{_share(resources, role.total, kinds)} {phrase}: {activity.id}{name}"
        reasons.append(Reason(rule=rule, text=text, subjects=(activity.id, *resources[:MOST_NAMED])))
    return reasons


def _never(violation: Violation) -> str:
    if violation.rule == "room-features":
        d = violation.details
        return f"lack {d['lacks']}" if "lacks" in d else f"have fewer than {d['asked']} seats"
    return UNSUITED.get(violation.rule, f"break the rule {violation.rule}").format(**violation.details)


def _unable(problem: Problem, activity: Activity, role: Role, findings: list[Finding], told: str) -> list[Reason]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        for rule in dict.fromkeys(v.rule for v in finding.breaches):
            by_rule.setdefault(rule, []).append(finding)
    reasons = []
    for rule, those in sorted(by_rule.items(), key=lambda item: -len(item[1])):
        names = [f.resource for f in those]
        phrase = CAN_NOT.get(rule, f"would break the rule {rule}")
        breaches = [v for f in those for v in f.breaches if v.rule == rule]
        others = sorted({k.activity for v in breaches for k in v.bookings} - {activity.id})
        more = "" if not others or rule == "breaks" else f" ({_some(others)})"
        window = _window(problem, activity)
        text = (f"{_share(names, role.total, f'{role.requirement.kind}s')} {phrase}{more} at the best of the starts "
                f"tried{window}, {told}")  # fmt: skip
        reasons.append(Reason(rule=rule, text=text, subjects=_subjects(activity, names[:MOST_NAMED], breaches)))
    return reasons


def _window(problem: Problem, activity: Activity) -> str:
    windows = activity.start_windows or activity.service_windows
    spans = [f"{when(problem, w.start)} to {when(problem, w.end)}" for w in windows[:2]]
    return f" in the window {' or '.join(spans)}" if spans and len(windows) <= 2 else ""


def _share(names: Sequence[str], total: int, kinds: str) -> str:
    if len(names) == total:
        return f"all {total} {kinds}" if total > 1 else f"all {kinds} ({names[0]} alone)"
    return f"{len(names)} of {total} {kinds} ({_some(names)})"


def _some(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _subjects(activity: Activity, resources: Iterable[str], breaches: Iterable[Violation]) -> tuple[str, ...]:
    others = (key.activity for v in breaches for key in v.bookings)
    return tuple(dict.fromkeys((activity.id, *resources, *others)))


def not_together(activity: Activity, roles: Sequence[Role], tried: int) -> Reason:
    """Each role can be filled, and no team was found."""
    names = ", ".join(f"{r.requirement.id} by {len(r.free)}" for r in roles)
    found = (
        f"none of the {tried} teams tried is free together" if tried else "nobody was found to fill all at one start"
    )
    who = dict.fromkeys(f.resource for r in roles for f in r.free[:MOST_NAMED])
    text = f"each role of {activity.id} could be filled alone ({names}), but {found}"
    return Reason(rule="team", text=text, subjects=(activity.id, *who))


def too_few(activity: Activity, role: Role) -> Reason:
    asked, kind, free = role.requirement.count, role.requirement.kind, len(role.free)
    text = f"{activity.id} asks for {asked} {kind}s ({role.requirement.id}), and only {free} could serve it"
    return Reason(rule="team", text=text, subjects=(activity.id, *(f.resource for f in role.free)))


def could(problem: Problem, activity: Activity, bookings: Sequence[Booking], before: Score, after: Score) -> Reason:
    """No rule stands in the way: whether it is the price, or the search ended before."""
    who = " and ".join(b.resource for b in bookings)
    able = f"{who} could serve {activity.id} at {when(problem, bookings[0].start)} without breaking a rule"
    changes = [(n, b - a) for n, (a, b) in enumerate(zip(before.levels, after.levels, strict=True), start=1)]
    told = ", ".join(f"{delta:+.6g} on level {n} of the goal" for n, delta in changes if abs(delta) > 1e-9)
    subjects = (activity.id, *(b.resource for b in bookings))
    if after.order > before.order and any(delta > 1e-9 for _, delta in changes):
        return Reason(
            rule="unscheduled", text=f"{able}, but that costs more than leaving it out: {told}", subjects=subjects
        )
    return Reason(rule="search", text=f"{able}; the search ended before it was placed ({told or 'at no extra cost'})",
                  subjects=subjects)  # fmt: skip


def unweighed(problem: Problem, activity: Activity, bookings: Sequence[Booking]) -> Reason:
    who = " and ".join(b.resource for b in bookings)
    text = (f"no rule was found that keeps {who} from serving {activity.id} at {when(problem, bookings[0].start)}; "
            "time ran out before the cost was compared")  # fmt: skip
    return Reason(rule="search", text=text, subjects=(activity.id, *(b.resource for b in bookings)))
