"""A line in the log and a count for each request."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("service.requests")

SECRET = "{token}"
"""The part of an address that opens something, and so stands in no log."""


class Observe:
    """Stands inside of RequestId, whose id it binds to all that is logged on the way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin, status = time.perf_counter(), 500
        seconds = 0.0

        async def seen(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], time.perf_counter() - begin
            await send(message)

        with structlog.contextvars.bound_contextvars(request=scope["state"]["id"]):
            try:
                await self._app(scope, receive, seen)
            finally:
                route = _route(scope)
                scope["app"].state.metrics.answered(scope["method"], route, status, seconds)
                path = route if SECRET in route else scope["path"]
                log.info("answered", method=scope["method"], path=path, status=status, seconds=round(seconds, 4))


def _route(scope: Scope) -> str:
    """The route's pattern: few, where paths are many. FastAPI keeps the whole one of an included router by itself."""
    found = scope.get("fastapi", {}).get("effective_route_context", scope.get("route"))
    return str(getattr(found, "path_format", "none"))
