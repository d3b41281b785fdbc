"""Requests have a largest size. More is refused as soon as it is announced or comes in, like everything we refuse."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Stands inside of all that completes our answers; FastAPI's own stands outside of it and answers in plain text."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        size = 0

        async def limited() -> Message:
            nonlocal size
            if announced.isdecimal() and int(announced) > self._most:
                raise self._refusal()
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._most:
                raise self._refusal()
            return message

        await self._app(scope, limited, send)

    def _refusal(self) -> HTTPException:
        return HTTPException(413, f"a request has at most {self._most} bytes; send it in parts")
