"""The composition root: settings, database, routes, problems."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from service.calendars.worker import Visitor
from service.first_start import first_start
from service.house import House
from service.http import openapi, problems
from service.http.body_limit import BodyLimit
from service.http.request_id import RequestId
from service.http.security import guard
from service.operations import routes as operations
from service.operations.metrics import Metrics
from service.operations.observe import Observe
from service.routes import ROUTERS, pages
from service.runs.worker import Workshop
from service.settings import Settings

ABOUT = """Field service scheduling: who does what, when, and why.

Every change names the version that it changes (`If-Match`), every POST may carry an `Idempotency-Key`, and every
refusal is an RFC 9457 problem that names the field or the rule."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service. It opens its database when it starts, and closes it when it stops."""
    given = settings or Settings()
    app = FastAPI(
        title="fieldplan",
        version="1",
        description=ABOUT,
        lifespan=_living(given),
        separate_input_output_schemas=False,
        docs_url=None,  # it would take its scripts from elsewhere: routes/pages.py has ours
        redoc_url=None,
    )
    problems.install(app)
    openapi.complete(app)
    app.add_middleware(BodyLimit, most=given.max_body)
    app.add_middleware(Observe)
    app.add_middleware(RequestId)
    guard(app, given)
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1")
    app.include_router(pages.ROUTER)
    app.include_router(operations.ROUTER)
    return app


def _living(settings: Settings):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        app.state.house = House.built(settings)
        app.state.metrics = Metrics(app.state.house.database)
        await run_in_threadpool(app.state.house.database.wait)
        await run_in_threadpool(app.state.house.database.migrate)
        await run_in_threadpool(first_start, app.state.house)
        app.state.workshop = Workshop(app.state.house.database, settings, settings.workers)
        app.state.calendars = Visitor(app.state.house.database, settings)
        app.state.workshop.open()
        if settings.workers:
            app.state.calendars.open()
        yield
        app.state.house.closing.set()
        await run_in_threadpool(app.state.workshop.close)
        await run_in_threadpool(app.state.calendars.close)
        await run_in_threadpool(app.state.house.database.close)

    return living
