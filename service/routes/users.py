"""The people of a tenant."""

from typing import Annotated

from fastapi import Body, Path, Query, Response
from pydantic import BaseModel
from sqlalchemy import select

from service.access.permission import Permission, Role
from service.house import House
from service.http.etag import IfMatch, require
from service.http.house import AtHome
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.people import users
from service.people.users import KnownUser, User
from service.tables import UserRow
from service.tables.base import ID_LENGTH
from service.work import Work

ROUTER = router("/users", "users")

Managing = Annotated[Work, may(Permission.PEOPLE_MANAGE)]
Id = Annotated[str, Path(min_length=1, max_length=ID_LENGTH)]
CHANGING = answers(404, 409, 412, 428)


class Invitation(BaseModel):
    """`link` is for that person alone. It holds for a week, once, and is shown here and never again."""

    link: str


class InvitedUser(KnownUser, Invitation):
    """A new person, with the link by which it chooses how to sign in."""


@ROUTER.get("")
def list_users(work: Managing, pages: Pages, role: Annotated[Role | None, Query()] = None) -> Page[KnownUser]:
    query = select(UserRow).where(UserRow.tenant == work.tenant)
    query = query if role is None else query.where(UserRow.role == role.value)
    rows, following = pages.cut(work.session, query, UserRow.id)
    return Page(items=[users.shown(row) for row in rows], next=following)


@ROUTER.post("", status_code=201, response_model=InvitedUser, responses=answers(409))
def create_user(work: Managing, house: AtHome, user: User) -> Json:
    """Make a user. Hand the link to the person: it has no password yet, and no default one."""
    row = users.create_user(work, user)
    invited = InvitedUser(**users.shown(row).model_dump(), link=link(house, users.invite(work, row)))
    return Json(invited, 201, row.etag, f"/api/v1/users/{row.id}", secret=True)


@ROUTER.get("/{id}", response_model=KnownUser, responses=answers(404))
def read_user(work: Managing, id: Id) -> Json:
    row = users.find_user(work, id)
    return Json(users.shown(row), etag=row.etag)


@ROUTER.put("/{id}", response_model=KnownUser, responses=CHANGING)
def put_user(work: Managing, id: Id, user: Annotated[User, Body()], if_match: IfMatch = None) -> Json:
    """Change a user. Who is not active any more is signed out at once."""
    row = users.change_user(work, id, user, if_match)
    return Json(users.shown(row), etag=row.etag)


@ROUTER.delete("/{id}", status_code=204, responses=CHANGING)
def delete_user(work: Managing, id: Id, if_match: IfMatch = None) -> Response:
    users.remove_user(work, id, if_match)
    return Response(status_code=204)


@ROUTER.post("/{id}/invitation", status_code=201, response_model=Invitation, responses=CHANGING)
def invite_user(work: Managing, house: AtHome, id: Id, if_match: IfMatch = None) -> Json:
    """A new link, for who lost the first one or forgot the password. Using it signs all other browsers out."""
    row = users.find_user(work, id)
    require(if_match, row.etag, users.shown(row))
    return Json(Invitation(link=link(house, users.invite(work, row))), 201, secret=True)


def link(house: House, secret: str) -> str:
    """What stands behind # is never sent to a server, so it gets into no log."""
    return f"{house.settings.public_url}/sign-in#{secret}"
