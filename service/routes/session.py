"""Signing in and out with a browser, and who one is then."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from service.access.caller import Caller
from service.access.cookies import SESSION, clear_cookie, write_cookie
from service.access.passes import LASTS, Purpose, end_pass
from service.access.permission import Permission, Role
from service.access.secret import derived
from service.house import House
from service.http.etag import IfMatch
from service.http.given import Given, shown_by
from service.http.house import AtHome
from service.http.json import Json
from service.http.permit import admit, may, open_to_all
from service.http.problems import Forbidden, answers
from service.http.route import router
from service.people.entrance import Entrance
from service.people.users import Login, find_self
from service.tables.base import ID_LENGTH
from service.work import Work, utc_now

ROUTER = router(tag="signing in")
OPEN = [Depends(open_to_all)]

Password = Annotated[str, StringConstraints(min_length=12, max_length=200)]


class Credentials(Given, json_schema_extra=shown_by({"login": "admin", "password": "correct horse battery"})):
    login: Login
    password: Annotated[str, Field(min_length=1, max_length=200)]
    tenant: Annotated[str, Field(min_length=1, max_length=ID_LENGTH)] = "main"


class Joining(Given, json_schema_extra=shown_by({"invitation": "Zc1npFmu...", "password": "correct horse battery"})):
    """What stands behind # in the link, and the password to sign in by from now on."""

    invitation: Annotated[str, Field(min_length=1, max_length=ID_LENGTH)]
    password: Password


class Session(BaseModel):
    """The cookie goes along by itself. A browser sends `csrf` as X-CSRF-Token with every change."""

    csrf: str


class Me(BaseModel):
    """Who calls, and what that allows. `csrf` is for browsers that have signed in."""

    tenant: str
    user: str
    name: str
    role: Role | None
    permissions: list[Permission]
    resource: str | None
    csrf: str | None


@ROUTER.post("/session", dependencies=OPEN)
def sign_in(request: Request, response: Response, house: AtHome, given: Credentials) -> Session:
    """Sign in by password."""
    admit(house.door, f"{given.tenant}/{given.login}")
    entrance = entrance_of(request, house)
    return _entered(response, house, entrance.by_password(given.tenant, given.login, given.password))


@ROUTER.post("/session/invitation", dependencies=OPEN)
def join(request: Request, response: Response, house: AtHome, given: Joining) -> Session:
    """Use an invitation: choose a password, and be signed in by it."""
    return _entered(response, house, entrance_of(request, house).join(given.invitation, given.password))


@ROUTER.delete("/session", status_code=204)
def sign_out(work: Annotated[Work, may(Permission.ME)], house: AtHome) -> Response:
    """End this session. A key stays what it is."""
    if work.caller.visit is not None:
        end_pass(work.session, work.tenant, work.caller.visit.hash)
        work.audit("sign-out", "user", work.caller.user.removeprefix("user:"))
    response = Response(status_code=204)
    clear_cookie(response, house.settings, SESSION)
    return response


@ROUTER.get("/me", response_model=Me)
def me(work: Annotated[Work, may(Permission.ME)]) -> Json:
    """The ETag is that of the user, where it is one."""
    caller = work.caller
    return Json(_me(caller), etag=find_self(work).etag if caller.visit is not None else None)


class Renewal(Given, json_schema_extra=shown_by({"old": "correct horse battery", "new": "staple and battery"})):
    old: Annotated[str, Field(min_length=1, max_length=200)]
    new: Password


@ROUTER.put("/me/password", responses=answers(412, 428))
def change_password(
    request: Request,
    response: Response,
    work: Annotated[Work, may(Permission.ME)],
    house: AtHome,
    given: Renewal,
    if_match: IfMatch = None,
) -> Session:
    """Choose another password, in the version of `/me`. All other browsers of this person are signed out."""
    if work.caller.visit is None:
        raise Forbidden("a key has no password; sign in as the person")
    admit(house.door, f"{work.tenant}/{work.caller.user}")
    entrance = entrance_of(request, house)
    secret = entrance.change_password(work.caller, given.old, given.new, if_match)
    return _entered(response, house, secret)


def _me(caller: Caller) -> Me:
    return Me(
        tenant=caller.tenant,
        user=caller.user,
        name=caller.name,
        role=caller.role,
        permissions=sorted(caller.permissions),
        resource=caller.resource,
        csrf=caller.visit and caller.visit.csrf,
    )


def entrance_of(request: Request, house: House) -> Entrance:
    return Entrance(house.database, request.state.id, utc_now())


def enter(response: Response, house: House, secret: str) -> None:
    write_cookie(response, house.settings, SESSION, secret, int(LASTS[Purpose.SESSION].total_seconds()))
    response.headers["Cache-Control"] = "no-store"


def _entered(response: Response, house: House, secret: str) -> Session:
    enter(response, house, secret)
    return Session(csrf=derived(secret, "csrf"))
