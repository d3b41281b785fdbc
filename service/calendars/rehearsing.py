"""A dry run: what publishing a plan would do in everybody's calendar, in words. Calendars are only read."""

from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.domain.plan import Plan
from scheduler.solver.dayroutes import with_routes
from scheduler.sync.guard import expected, words
from scheduler.sync.rehearsal import Rehearsed, rehearse
from service.calendars.backends import Backends
from service.calendars.inforce import InForce, in_force
from service.calendars.office import Wishes, connections, office, secret
from service.calendars.questions import asked
from service.calendars.store import TenantStore
from service.planning import draft
from service.planning.judging import settle
from service.tables import PlanRow
from service.work import Work


@dataclass(frozen=True)
class Rehearsal:
    """What a publication would do.

    Attributes
    ----------
    changes
        One line for each event that would be created, updated or deleted.
    by_what_is_known
        The same for mailboxes that can't be read now.
    unread
        Those mailboxes, with the reason.
    questions
        What people would be asked.
    stops
        Why it would stop before all that; empty when it would not.
    """

    changes: list[str]
    by_what_is_known: list[str]
    unread: list[str]
    questions: list[str]
    stops: str


def rehearsed(work: Work, store: TenantStore, plan: PlanRow | None, backends: Backends) -> Rehearsal:
    """What publishing this plan, or without one what is in force, would do."""
    session, tenant, now = work.session, work.tenant, work.now
    standing = in_force(session, tenant, now) if plan is None else _as_if(work, plan)
    rows = connections(session, tenant)
    wishes = Wishes.of(standing, rows, secret(session, tenant))
    session.rollback()  # calendars may take their time; nobody has to wait for this transaction meanwhile
    found = rehearse(office(store, standing, rows, backends), wishes.intents(store, "", now))
    return _told(found, store, standing, now)


def _as_if(work: Work, row: PlanRow) -> InForce:
    """What would be in force, were the plan published."""
    scope = draft.scope_of(row)
    about = draft.assembled(work, scope).problem
    standing = in_force(work.session, work.tenant, work.now, scope.horizon)
    kept = tuple(b for b in standing.plan.bookings if b.activity not in about.activity)
    plan = Plan(bookings=(*kept, *settle(about, draft.read(work, row)[0]).bookings))
    return replace(standing, plan=with_routes(standing.problem, settle(standing.problem, plan)))


def _told(found: Rehearsed, store: TenantStore, standing: InForce, now: datetime) -> Rehearsal:
    zone = standing.problem.time_zone
    links = {box: store.links(box) for box in found.report.waiting}
    left = (expected(intent, links[intent.box].get(intent.key), zone, now) for intent in found.left)
    return Rehearsal(
        changes=[words(write.act, write.box, write.before, write.after, zone) for write in found.writes],
        by_what_is_known=[line for line in left if line],
        unread=[f"{box}: {why}" for box, why in sorted(found.report.waiting.items())],
        questions=[asked(proposal) for proposal in found.asked],
        stops="" if found.blast is None else str(found.blast),
    )
