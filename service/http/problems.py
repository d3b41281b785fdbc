"""Everything the service refuses, as RFC 9457 problems. `faults` names fields, `violations` rules."""

import logging
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi_problem.error import Problem, StatusProblem
from fastapi_problem.handler import ExceptionHandler, new_exception_handler
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from scheduler.domain.errors import Fault, FieldplanError, InvalidInput, faults_in

log = logging.getLogger(__name__)


class Invalid(StatusProblem):
    status = 422
    title = "What was given can't be used"
    type_ = "invalid"


class Unauthenticated(StatusProblem):
    status = 401
    title = "Sign in first"
    type_ = "unauthenticated"
    headers_ = {"WWW-Authenticate": "Bearer"}


class Forbidden(StatusProblem):
    status = 403
    title = "Not allowed"
    type_ = "forbidden"


class Missing(StatusProblem):
    status = 404
    title = "There is no such thing"
    type_ = "missing"


class Conflict(StatusProblem):
    status = 409
    title = "Contradicts what is there"
    type_ = "conflict"


class Stale(StatusProblem):
    """`current` holds the newer version with its ETag."""

    status = 412
    title = "Changed meanwhile"
    type_ = "stale"


class PreconditionRequired(StatusProblem):
    status = 428
    title = "Say which version you change"
    type_ = "precondition-required"


class TooManyRequests(StatusProblem):
    status = 429
    title = "Too many requests"
    type_ = "too-many-requests"


class Unavailable(StatusProblem):
    status = 503
    title = "Try again in a moment"
    type_ = "unavailable"
    headers_ = {"Retry-After": "1"}


def invalid(faults: Iterable[Fault], detail: str = "") -> Invalid:
    found = list(faults)
    said = detail or f"{len(found)} fault(s); each names its field and the fix"
    return Invalid(said, faults=[{"path": fault.path, "message": fault.message} for fault in found])


def translated(error: Exception) -> Exception:
    """The problem that an error of the library or the database means; itself when it means none."""
    if isinstance(error, InvalidInput):
        return invalid(error.faults)
    if isinstance(error, FieldplanError):
        return Invalid(str(error))
    if isinstance(error, StaleDataError):
        return Stale("somebody else changed it in this moment; read it again")
    if isinstance(error, IntegrityError):
        return Conflict(_of_database(error))
    if isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        log.warning("the database does not answer: %s", error.orig)
        return Unavailable("the database is busy or restarting; nothing was changed")
    return error


def _of_database(error: IntegrityError) -> str:
    said = str(error.orig)
    if "double booking" in said or "double_booking" in said:
        return "the database refuses a double booking; nothing was changed"
    return "it contradicts what is there, or names what is gone; nothing was changed"


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem. What is no problem is logged and told without its inside."""
    handler = new_exception_handler(
        logger=log,
        unhandled_wrappers={"default": _Unexpected, "404": _Nowhere, "405": _NotThere},
        request_validation_handler=_of_request,
    )
    for error in (Exception, Problem, HTTPException, RequestValidationError):
        app.add_exception_handler(error, handler)


class _Unexpected(StatusProblem):
    status = 500
    title = "A fault of ours"
    type_ = "unexpected"

    def __init__(self, _: str | None = None, **kwargs: Any) -> None:
        super().__init__("it is logged with the request id; nothing was changed", **kwargs)


class _Nowhere(Missing):
    def __init__(self, _: str | None = None, **kwargs: Any) -> None:
        super().__init__("no such address; all of them are at /docs", **kwargs)


class _NotThere(StatusProblem):
    status = 405
    title = "Not there"
    type_ = "method-not-allowed"

    def __init__(self, _: str | None = None, **kwargs: Any) -> None:
        super().__init__("the address takes other methods: see Allow, and /docs", **kwargs)


def _of_request(_: ExceptionHandler, __: Request, error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError)
    lines = error.errors()
    if lines and lines[0]["type"] == "json_invalid":
        said, place = lines[0]["ctx"]["error"], lines[0]["loc"][-1]
        return invalid([Fault("", f"is no JSON: {said} at character {place}; correct it")])
    return invalid(faults_in({**line, "loc": _without_place(line["loc"])} for line in lines))


def _without_place(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Fields of the body as the library names them; parameters keep the word `query`, `path` or `header`."""
    return location[1:] if location[:1] == ("body",) else location


REFUSALS = (
    Invalid,
    Unauthenticated,
    Forbidden,
    Missing,
    Conflict,
    Stale,
    PreconditionRequired,
    TooManyRequests,
    Unavailable,
)
MEANINGS = {400: "The body can't be read", 413: "Too large", **{kind.status: kind.title for kind in REFUSALS}}
ALWAYS = (400, 401, 403, 409, 413, 422, 429, 503)


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route, for its documentation."""
    schema = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return {status: {"description": MEANINGS[status], "content": schema} for status in statuses}
