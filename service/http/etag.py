"""ETags: who changes something says which version, and learns of a newer one."""

import hashlib
from typing import Annotated, Any

from fastapi import Header
from pydantic_core import to_json, to_jsonable_python

from service.http.problems import PreconditionRequired, Stale

IfMatch = Annotated[
    str | None,
    Header(max_length=200, description="The ETag of the version that is changed.", examples=['"0f3a9b2c5d6e7f80"']),
]


def quoted(etag: str) -> str:
    return f'"{etag}"'


def etag_of(*parts: Any) -> str:
    """The version of what keeps none: it is another one as soon as any of these is. Lock the row before `require`."""
    return hashlib.sha256(to_json(parts)).hexdigest()[:16]


def require(if_match: str | None, etag: str, current: Any) -> None:
    """Raise unless the caller names this version; `current` is what the problem shows of it."""
    if if_match is None:
        raise PreconditionRequired("send If-Match with the ETag that you read")
    named = {one.strip().removeprefix("W/").strip('"') for one in if_match.split(",")}
    if etag not in named:
        newer = to_jsonable_python(current)
        raise Stale("somebody changed it since you read it; look at `current` and try again", current=newer)
