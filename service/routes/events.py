"""What changes, as it changes."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from service import live
from service.access.permission import Permission
from service.http.permit import lasting, may
from service.http.route import router
from service.work import Work

ROUTER = router("/events", "events")
LARGEST = 2**63 - 1


def _tenant(work: Annotated[Work, may(Permission.PLAN_READ)]) -> str:
    return work.tenant


@ROUTER.get("", response_class=EventSourceResponse)
async def follow(
    request: Request,
    tenant: Annotated[str, Depends(_tenant)],
    last_event_id: Annotated[
        int | None, Header(ge=0, le=LARGEST, description="Sent by browsers that reconnect.")
    ] = None,
) -> AsyncIterator[live.Change]:
    """Server-sent events: who changed what, from now on, or from `Last-Event-ID` on. Read again what you show."""
    lasts = lasting(request, Permission.PLAN_READ)
    async for change in live.changes(request.app.state.house.database, tenant, last_event_id, lasts):
        yield ServerSentEvent(data=change, event="change", id=str(change.id))  # type: ignore[misc]
