"""ETags: who changes something says which version, and learns of a newer one."""

from typing import Annotated, Any

from fastapi import Header
from pydantic_core import to_jsonable_python

from service.http.problems import PreconditionRequired, Stale

IfMatch = Annotated[
    str | None,
    Header(max_length=200, description="The ETag of the version that is changed.", examples=['"0f3a9b2c5d6e7f80"']),
]


def quoted(etag: str) -> str:
    return f'"{etag}"'


def require(if_match: str | None, etag: str, current: Any) -> None:
    """Raise unless the caller names this version; `current` is what the problem shows of it."""
    if if_match is None:
        raise PreconditionRequired("send If-Match with the ETag that you read")
    named = {one.strip().removeprefix("W/").strip('"') for one in if_match.split(",")}
    if etag not in named:
        newer = to_jsonable_python(current)
        raise Stale("somebody changed it since you read it; look at `current` and try again", current=newer)
