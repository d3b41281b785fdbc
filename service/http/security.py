"""What browsers are told about our answers, and whose scripts may read them."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.permit import CSRF_HEADER
from service.settings import Settings

YEAR = 365 * 24 * 3600
OURS_ALONE = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
READ_BY_SCRIPTS = ["ETag", "Location", "Retry-After", "X-Request-Id", "Idempotent-Replayed"]
SENT_BY_SCRIPTS = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-Id", CSRF_HEADER]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def guard(app: FastAPI, settings: Settings) -> None:
    app.add_middleware(SecurityHeaders, secure=settings.secure)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins.strip(",").split(","),
            allow_methods=METHODS,
            allow_headers=SENT_BY_SCRIPTS,
            expose_headers=READ_BY_SCRIPTS,
        )


class SecurityHeaders:
    """No page of ours runs or loads what comes from elsewhere."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._always = {**ALWAYS, **({"Strict-Transport-Security": f"max-age={YEAR}"} if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = OURS_ALONE
                headers.update(self._always)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._app(scope, receive, tell)
