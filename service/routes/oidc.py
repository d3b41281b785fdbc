"""Through the identity provider and back."""

import logging
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from fastapi_problem.error import StatusProblem
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import IntegrityError

from service.access.cookies import SIGN_IN, clear_cookie, read_cookie, write_cookie
from service.access.identity import Attempt, ProviderFailed
from service.access.secret import same
from service.house import House
from service.http.given import Given, shown_by
from service.http.house import AtHome
from service.http.permit import open_to_all
from service.http.problems import Missing, Unavailable, answers
from service.http.route import router
from service.routes.session import enter, entrance_of
from service.tables.base import ID_LENGTH

if TYPE_CHECKING:
    from service.access.provider import Provider

log = logging.getLogger(__name__)
ROUTER = router("/oidc", "signing in")
CALLBACK = APIRouter(prefix="/oidc", tags=["signing in"])
"""Providers add parameters of their own, so this one route refuses none."""

OPEN = [Depends(open_to_all)]
MINUTES = 10


class Leaving(Given, json_schema_extra=shown_by({"next": "/docs"})):
    """Where to go afterwards, and the invitation to use, if any."""

    next: Annotated[str, Field(max_length=1000, pattern=r"^/([^/\\]|$)")] = "/"
    invitation: Annotated[str | None, Field(max_length=ID_LENGTH)] = None


class Kept(Leaving):
    """What the browser's cookie holds on the way."""

    secret: str


class Away(BaseModel):
    """Send the browser to `url`."""

    url: str


@ROUTER.post("", dependencies=OPEN, responses=answers(404))
def leave(response: Response, house: AtHome, leaving: Leaving) -> Away:
    """Begin to sign in at the identity provider."""
    kept = Kept(secret=token_urlsafe(32), **leaving.model_dump())
    try:
        url = _provider(house).address(Attempt(kept.secret))
    except ProviderFailed as error:
        log.warning("%s", error)
        raise Unavailable("the identity provider does not answer") from error
    write_cookie(response, house.settings, SIGN_IN, quote(kept.model_dump_json()), MINUTES * 60)
    return Away(url=url)


@CALLBACK.get("/callback", dependencies=OPEN, status_code=303, response_class=RedirectResponse, responses=answers(429))
def come_back(request: Request, house: AtHome) -> Response:
    """The provider sends the browser here; it goes on to where it wanted, or to the page that says what failed."""
    try:
        kept = _kept(request, house)
        response = RedirectResponse(kept.next, 303)
        enter(response, house, _session(request, house, kept))
    except (ProviderFailed, StatusProblem, IntegrityError) as error:
        log.warning("nobody was let in: %s", error)
        response = RedirectResponse("/sign-in?refused", 303)
    clear_cookie(response, house.settings, SIGN_IN)
    return response


def _session(request: Request, house: House, kept: Kept) -> str:
    """The secret of a session for who came back."""
    given, attempt = request.query_params, Attempt(kept.secret)
    if not same(given.get("state", ""), attempt.state):
        raise ProviderFailed("the answer belongs to another browser")
    if "code" not in given:
        raise ProviderFailed(f"refused: {given.get('error', '')[:100]!r}")
    entrance = entrance_of(request, house)
    identity = _provider(house).identity(attempt, given["code"])
    if kept.invitation is not None:
        return entrance.join(kept.invitation, identity)
    secret = entrance.by_identity(identity)
    if secret is None:
        raise ProviderFailed(f"nobody is bound to {identity}")
    return secret


def _kept(request: Request, house: House) -> Kept:
    cookie = read_cookie(request, house.settings, SIGN_IN)
    if not cookie:
        raise ProviderFailed("this browser has not begun to sign in")
    try:
        return Kept.model_validate_json(unquote(cookie))
    except ValidationError as error:
        raise ProviderFailed("the cookie is not ours") from error


def _provider(house: House) -> "Provider":
    if house.provider is None:
        raise Missing("no identity provider is set up; sign in by password")
    return house.provider
