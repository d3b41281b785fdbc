"""Answers as JSON, straight from plain values."""

from typing import Any

from fastapi import Response
from pydantic_core import to_json

from service.http.etag import quoted


class Json(Response):
    """Plain values, datetimes and models as JSON; with an ETag and a Location where they are given.

    A `secret` answer is one that nobody may store: no browser, no proxy, not our own memory of requests.
    """

    media_type = "application/json"

    def __init__(
        self,
        content: Any,
        status_code: int = 200,
        etag: str | None = None,
        location: str = "",
        *,
        secret: bool = False,
    ) -> None:
        headers = {"ETag": quoted(etag)} if etag is not None else {}
        if location:
            headers["Location"] = location
        if secret:
            headers["Cache-Control"] = "no-store"
        super().__init__(content, status_code, headers)

    def render(self, content: Any) -> bytes:
        return to_json(content, inf_nan_mode="null")
