"""What is in force: the published bookings with all that they need, from yesterday on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.domain.interval import Interval
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.verify import verify
from scheduler.sync.content.people import Person
from service.calendars.people import people
from service.planning.assemble import assemble
from service.planning.judging import settle
from service.planning.scope import Scope
from service.tables import AuditRow, BookingRow

DAY = timedelta(days=1)
FAR = timedelta(days=366)
"""What is published for later than that is shown when it comes nearer: a problem holds no more."""
FRESH = timedelta(minutes=1)


@dataclass(frozen=True)
class InForce:
    problem: Problem
    plan: Plan
    people: list[Person]
    version: int
    """Of the newest change that it may know of."""
    at: datetime

    def judge(self, plan: Plan) -> Verdict:
        return verify(self.problem, plan)


def in_force(session: Session, tenant: str, now: datetime, around: Interval | None = None) -> InForce:
    """All that is published and not yet long over, with what is given for that time and `around` it."""
    version, horizon = newest(session, tenant), _horizon(session, tenant, now)
    if around is not None:
        start = min(horizon.start, around.start)
        horizon = Interval(start=start, end=min(max(horizon.end, around.end), start + FAR))
    scope = Scope(horizon=horizon)
    problem = assemble(session, tenant, scope, now.replace(second=0, microsecond=0)).problem
    plan = with_routes(problem, settle(problem, problem.standing or Plan()))
    return InForce(problem, plan, people(session, tenant, problem), version, now)


def newest(session: Session, tenant: str) -> int:
    """Grows with every change that is audited."""
    return session.scalar(select(func.max(AuditRow.id)).where(AuditRow.tenant == tenant)) or 0


def _horizon(session: Session, tenant: str, now: datetime) -> Interval:
    last = session.scalar(select(func.max(BookingRow.ends_at)).where(BookingRow.tenant == tenant))
    begin = beginning(now)
    return Interval(start=begin, end=min(max(last or now, now) + DAY, begin + FAR))


def beginning(now: datetime) -> datetime:
    """What ended before is over."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - DAY


class Remembered:
    """What is in force, read again when something changed, and after a minute at the latest."""

    def __init__(self) -> None:
        self._known: dict[str, InForce] = {}

    def of(self, session: Session, tenant: str, now: datetime) -> InForce:
        known = self._known.get(tenant)
        if known is None or known.version != newest(session, tenant) or not known.at <= now < known.at + FRESH:
            known = self._known[tenant] = in_force(session, tenant, now)
        return known
