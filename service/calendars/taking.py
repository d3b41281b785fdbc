"""What a connection's policy granted becomes part of the plan at once; what the plan can't take is put back."""

import logging
from datetime import datetime

from fastapi_problem.error import Problem

from scheduler.domain.errors import FieldplanError
from scheduler.sync.proposal import Decision, Proposal
from service.access.caller import Caller
from service.calendars.answering import accept, refuse
from service.calendars.store import TenantStore
from service.work import Work

log = logging.getLogger(__name__)


def take(store: TenantStore, now: datetime) -> bool:
    """Whether there was anything to take."""
    granted = [p for p in store.proposals() if p.decision is Decision.ACCEPTED and p.key is not None]
    for proposal in granted:
        try:
            with store.database.writing(store.tenant) as session:
                accept(_work(store, session, proposal, now), proposal, proposal.reason)
        except (Problem, FieldplanError) as error:
            why = getattr(error, "detail", None) or str(error)
            log.info("%s: %s can't be taken into the plan: %s", store.tenant, proposal.id, why)
            with store.database.writing(store.tenant) as session:
                refuse(_work(store, session, proposal, now), proposal, why)
    return bool(granted)


def _work(store: TenantStore, session, proposal: Proposal, now: datetime) -> Work:  # type: ignore[no-untyped-def]
    return Work(session, Caller(store.tenant, f"calendar:{proposal.mailbox}"), now)
