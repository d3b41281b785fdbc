"""What another plan would change: which bookings, for whom, at what price, and which breaches come and go."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum

from scheduler.domain.base import FrozenDict, Id, Mapped, Value
from scheduler.domain.goal import Term
from scheduler.domain.plan import Booking, BookingKey, Plan, Score
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict, Violation
from scheduler.solver.verify import verify

ZERO = timedelta(0)


class Kind(StrEnum):
    """What became of a booking."""

    ADDED = "added"
    REMOVED = "removed"
    SHIFTED = "shifted"
    REASSIGNED = "reassigned"
    REASSIGNED_AND_SHIFTED = "reassigned-and-shifted"


class Change(Value):
    """One booking that is not as it was.

    Attributes
    ----------
    before, after
        None where it was or is not scheduled.
    shift
        Start after less start before; zero where one of the two is missing.
    """

    activity: Id
    requirement: Id
    ordinal: int = 0
    kind: Kind
    before: Booking | None = None
    after: Booking | None = None
    shift: timedelta = ZERO

    @property
    def key(self) -> BookingKey:
        return BookingKey(self.activity, self.requirement, self.ordinal)


class Share(Value):
    """What changes for one resource: bookings that come, that go, and that stay with another time."""

    resource: Id
    gained: tuple[BookingKey, ...] = ()
    lost: tuple[BookingKey, ...] = ()
    shifted: tuple[BookingKey, ...] = ()


class Comparison(Value):
    """Two plans of one problem.

    Attributes
    ----------
    changes
        In the order of time.
    shares
        The same by resource; resources for which nothing changes are left out.
    scheduled, unscheduled
        Activities that only the later, and that only the earlier plan schedules.
    before, after
        What each plan costs.
    price
        Value of each term after less before, those that differ alone.
    arising, gone
        Violations that only the later, and that only the earlier plan has; an amount that differs counts.
    kept
        How many bookings are the same in both.
    """

    changes: tuple[Change, ...] = ()
    shares: tuple[Share, ...] = ()
    scheduled: tuple[str, ...] = ()
    unscheduled: tuple[str, ...] = ()
    before: Score = Score()
    after: Score = Score()
    price: Mapped[Term, float] = FrozenDict()
    arising: tuple[Violation, ...] = ()
    gone: tuple[Violation, ...] = ()
    kept: int = 0


def compare(problem: Problem, before: Plan, after: Plan) -> Comparison:
    """What changes from one plan to another.

    Both are judged by `verify` as plans of this problem. Raises InvalidInput when one speaks of what it does not know.
    """
    return compared(before, verify(problem, before), after, verify(problem, after))


def compared(before: Plan, judged_before: Verdict, after: Plan, judged_after: Verdict) -> Comparison:
    """The same for plans whose verdicts are known."""
    changes = sorted(_changes(before, after), key=_when)
    was, becomes = judged_before.violations, judged_after.violations
    return Comparison(
        changes=tuple(changes),
        shares=tuple(_shares(changes)),
        scheduled=tuple(sorted(after.by_activity.keys() - before.by_activity.keys())),
        unscheduled=tuple(sorted(before.by_activity.keys() - after.by_activity.keys())),
        before=judged_before.score,
        after=judged_after.score,
        price=_price(judged_before.score, judged_after.score),
        arising=_only(becomes, was),
        gone=_only(was, becomes),
        kept=len(after.bookings) - sum(change.after is not None for change in changes),
    )


def _changes(before: Plan, after: Plan) -> Iterator[Change]:
    for key in before.by_key.keys() | after.by_key.keys():
        was, becomes = before.by_key.get(key), after.by_key.get(key)
        if (kind := _kind(was, becomes)) is not None:
            shift = becomes.start - was.start if was and becomes else ZERO
            yield Change(
                activity=key.activity,
                requirement=key.requirement,
                ordinal=key.ordinal,
                kind=kind,
                before=was,
                after=becomes,
                shift=shift,
            )


def _kind(was: Booking | None, becomes: Booking | None) -> Kind | None:
    if was is None or becomes is None:
        return Kind.ADDED if was is None else Kind.REMOVED
    shifted = (was.start, was.end) != (becomes.start, becomes.end)
    if was.resource != becomes.resource:
        return Kind.REASSIGNED_AND_SHIFTED if shifted else Kind.REASSIGNED
    return Kind.SHIFTED if shifted else None


def _when(change: Change) -> tuple[object, ...]:
    booking = change.after or change.before
    assert booking is not None
    return booking.start, change.key


def _shares(changes: Iterable[Change]) -> Iterator[Share]:
    found: dict[str, dict[str, list[BookingKey]]] = {}
    for change in changes:
        was = change.before.resource if change.before else None
        becomes = change.after.resource if change.after else None
        parts = [(was, "shifted")] if was == becomes else [(was, "lost"), (becomes, "gained")]
        for resource, part in parts:
            if resource is not None:
                found.setdefault(resource, {}).setdefault(part, []).append(change.key)
    for resource, share in sorted(found.items()):
        yield Share(resource=resource, **{part: tuple(keys) for part, keys in share.items()})


def _price(before: Score, after: Score) -> dict[Term, float]:
    terms = [term for term in Term if term in before.terms or term in after.terms]
    differences = {term: after.terms.get(term, 0.0) - before.terms.get(term, 0.0) for term in terms}
    return {term: difference for term, difference in differences.items() if difference}


def _only(ones: Iterable[Violation], others: Iterable[Violation]) -> tuple[Violation, ...]:
    known = {_identity(violation) for violation in others}
    return tuple(violation for violation in ones if _identity(violation) not in known)


def _identity(violation: Violation) -> tuple[object, ...]:
    about = violation.rule, violation.bookings, violation.activity, violation.resource
    return *about, round(violation.amount, 6), violation.exempted
