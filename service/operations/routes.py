"""/healthz, /readyz and /metrics: open to all, so keep them behind the proxy."""

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from service.http.permit import always_open
from service.http.problems import Unavailable, answers
from service.operations.ready import troubles

ROUTER = APIRouter(tags=["operations"], dependencies=[Depends(always_open)])


class Status(BaseModel):
    status: str = "ok"


@ROUTER.get("/healthz")
async def healthz() -> Status:
    """Whether the process lives."""
    return Status()


@ROUTER.get("/readyz", responses=answers(503))
def readyz(request: Request) -> Status:
    """Whether it can serve: the database answers, its tables are of this version, the workers live."""
    house = request.app.state.house
    found = list(troubles(house.database))
    if not request.app.state.workshop.lively:
        found.append("a worker of runs has ended; start the service anew")
    if found:
        raise Unavailable("; ".join(found))
    return Status()


@ROUTER.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """For Prometheus."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE_LATEST)
