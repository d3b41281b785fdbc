"""What people did in their calendars becomes part of the plan, or is put back with the reason.

All of it is one transaction: the answer, the new version of the plan, its publication, and what is known of the event.
A worker that is at the mailbox in that moment is interrupted; it finds out and writes nothing.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.verdict import Verdict, Violation
from scheduler.solver.compare import Comparison
from scheduler.sync.inbound.deciding import carried_out
from scheduler.sync.inbound.facts import Facts, facts
from scheduler.sync.link import Link, LinkState
from scheduler.sync.proposal import Decision, Matter, Proposal
from scheduler.sync.store.port import Batch
from service.calendars.people import people
from service.calendars.store import Writing
from service.documents.kinds.absence import ResourceAbsence
from service.http.problems import Conflict, Invalid
from service.planning import draft
from service.planning.edit import Edit, Key, Placement, edit
from service.planning.publish import publish
from service.planning.scope import Scope
from service.tables import LockRow, PlanRow, PublicationRow
from service.work import Work

SHOWN = 20
NAMED = {"rule", "bookings", "activity", "resource", "amount", "unit", "text"}
TINY = 1e-9


def refuse(work: Work, proposal: Proposal, reason: str) -> None:
    """Put the event back, with the reason for the person who changed it."""
    rows = Writing(work.session, work.tenant)
    rows.seize(proposal.box)
    refused = proposal.decided(Decision.REFUSED, reason)
    link = rows.links(proposal.box).get(proposal.key) if proposal.key else None
    rows.keep(proposal.box, _back(refused, link))
    rows.wake([proposal.box], work.now)
    _audit(work, refused)


def _back(refused: Proposal, link: Link | None) -> Batch:
    taken = Batch(proposals=[refused.model_copy(update={"taken": True})])
    if refused.matter is Matter.MOVED:
        return taken + carried_out(refused, link)
    if refused.matter is Matter.EMPTIED:
        return Batch(proposals=[refused])  # the next reading puts all of it back
    if link is None or link.event is None or link.state is not LinkState.DETACHED:
        return taken
    return taken + Batch(links=[link.gone()], wanted=[link.wanting(link.event, refused.reason)])


def accept(work: Work, proposal: Proposal, reason: str, despite: Sequence[str] = ()) -> PublicationRow | None:
    """Publish the plan with what the person did. Raises Invalid with the breaches that this makes."""
    rows = Writing(work.session, work.tenant)
    rows.seize(proposal.box)
    accepted = proposal.decided(Decision.ACCEPTED, reason)
    made = _published(work, accepted, despite)
    link = rows.links(proposal.box).get(proposal.key) if proposal.key else None
    rows.keep(proposal.box, carried_out(accepted, link) + Batch(proposals=[accepted]))
    if proposal.matter is not Matter.EMPTIED:
        rows.take([accepted.id])
    rows.wake([proposal.box], work.now)
    _audit(work, accepted)
    return made


def _audit(work: Work, decided: Proposal) -> None:
    said = decided.model_dump(mode="json", include={"mailbox", "matter", "slot", "wish", "decision"})
    work.audit("answer", "calendar question", decided.id, after=said, why=decided.reason)


def _published(work: Work, accepted: Proposal, despite: Sequence[str]) -> PublicationRow | None:
    """A new version of the plan with it, in force."""
    if accepted.key is None or accepted.slot is None:
        return None
    scope = _scope(work, accepted)
    problem = draft.assembled(work, scope).problem
    standing = problem.standing or Plan()
    resource_of = {p.address.lower(): p.resource for p in people(work.session, work.tenant, problem)}
    found = facts(standing, [accepted], resource_of, work.now)
    row = draft.begin(work, f"{accepted.matter.value} in a calendar", _assuming(scope, found), origin="calendar")
    comparison = edit(work, row, _edited(standing, found))
    if not comparison.changes:
        raise Conflict("the plan does not have that booking any more, or what has happened holds it where it is")
    if worse := [] if found.replan else _worse(comparison, despite):
        said = f"{len(worse)} breach(es) would come; refuse it, or accept it despite their rules"
        raise Invalid(said, violations=[v.model_dump(mode="json", include=NAMED) for v in worse[:SHOWN]])
    if found.locks:
        _unlock(work, found.locks)
        edit(work, row, Edit(locks=found.locks))
    return publish(work, row, _why(accepted), _breached(row))


def _scope(work: Work, accepted: Proposal) -> Scope:
    """What the newest publication of that time was about, and the whole day to which the event was moved."""
    assert accepted.slot is not None
    spans = [accepted.slot, *([accepted.wish] if accepted.wish else [])]
    start, end = min(s.start for s in spans), max(s.end for s in spans)
    row = PublicationRow
    covering = (row.tenant == work.tenant, row.starts_at < end, row.ends_at > start)
    newest = work.session.scalars(select(row).where(*covering).order_by(row.number.desc()).limit(1)).first()
    if newest is not None:
        start, end = min(start, newest.starts_at), max(end, newest.ends_at)
    return Scope(horizon=Interval(start=start, end=end), freeze_until=work.now)


def _assuming(scope: Scope, found: Facts) -> Scope:
    """With time off for who declined."""
    away = (ResourceAbsence(resource=who, **dict(one)) for who, some in found.absences.items() for one in some)
    return scope.model_copy(update={"absences": tuple(away)})


def _edited(standing: Plan, found: Facts) -> Edit:
    moved = [b for b in found.plan.bookings if standing.by_key.get(b.key) != b]
    gone = tuple(Key(activity=k.activity, requirement=k.requirement, ordinal=k.ordinal) for k in found.unassigned)
    return Edit(place=tuple(map(_placement, moved)), take_out=gone)


def _placement(booking: Booking) -> Placement:
    return Placement(**booking.model_dump(include=set(Placement.model_fields)))


def _worse(comparison: Comparison, despite: Sequence[str]) -> list[Violation]:
    """Breaches that come, or grow. Locks are made afterwards: they would excuse what they hold."""
    before = {_name(violation): violation.amount for violation in comparison.gone}
    came = (v for v in comparison.arising if not v.exempted and v.rule not in despite)
    return [v for v in came if v.amount > before.get(_name(v), 0.0) + TINY]


def _name(violation: Violation) -> tuple[object, ...]:
    return violation.rule, violation.bookings, violation.activity, violation.resource


def _breached(row: PlanRow) -> list[str]:
    return sorted({violation.rule for violation in Verdict.model_validate(row.verdict).breaches})


def _unlock(work: Work, locks: Iterable[Lock]) -> None:
    """What held the booking elsewhere gives way to the new lock: a person just said so."""
    for new in locks:
        asked = select(LockRow).where(LockRow.tenant == work.tenant, LockRow.activity == new.activity)
        for row in work.session.scalars(asked):
            old = Lock.model_validate(row.value)
            if old.requirement is None or (old.requirement, old.ordinal) == (new.requirement, new.ordinal):
                work.audit("delete", "lock", row.id, before=row.value, why="moved in a calendar")
                work.session.delete(row)
    work.session.flush()


def _why(accepted: Proposal) -> str:
    said = f"{accepted.matter.value} by {accepted.who or accepted.mailbox}"
    return f"{said}: {accepted.reason}" if accepted.reason else said
