"""Where Microsoft Graph calls when a calendar changes. A call only wakes; who calls is told by a secret state."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from service.calendars.notifications import heard
from service.calendars.store import TenantStore
from service.http.permit import open_to_all
from service.http.route import router
from service.work import utc_now

ROUTER = router("/notifications", "calendars")
Name = Annotated[str, Path(max_length=200)]
PLAIN = {"text/plain": {"schema": {"type": "string"}}}


async def body_of(request: Request) -> bytes:
    return await request.body()


@ROUTER.post(
    "/graph/{tenant}/{connection}",
    status_code=202,
    dependencies=[Depends(open_to_all)],
    response_class=Response,
    responses={200: {"content": PLAIN, "description": "The echo that Graph asks for before it subscribes"}},
)
def hear_graph(
    request: Request,
    tenant: Name,
    connection: Name,
    body: Annotated[bytes, Depends(body_of)],
    validation_token: Annotated[str | None, Query(alias="validationToken", max_length=4000)] = None,
) -> Response:
    """Notifications and lifecycle events. Whoever doesn't know a mailbox's state is answered alike, and not heard."""
    query = {} if validation_token is None else {"validationToken": validation_token}
    store = TenantStore(request.app.state.house.database, tenant)
    found = heard(store, connection, query, body, request.app.state.calendars.backends, utc_now())
    return Response(found.text, found.status, media_type="text/plain")
