"""API keys of a tenant."""

from typing import Annotated

from fastapi import Path, Response
from sqlalchemy import select

from service.access.permission import Permission
from service.http.etag import IfMatch
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.people import issuing
from service.people.issuing import Key, KnownKey, NewKey
from service.tables import KeyRow
from service.tables.base import ID_LENGTH
from service.work import Work

ROUTER = router("/keys", "keys")

Managing = Annotated[Work, may(Permission.PEOPLE_MANAGE)]
Id = Annotated[str, Path(min_length=1, max_length=ID_LENGTH)]


@ROUTER.get("")
def list_keys(work: Managing, pages: Pages) -> Page[KnownKey]:
    query = select(KeyRow).where(KeyRow.tenant == work.tenant)
    rows, following = pages.cut(work.session, query, KeyRow.id)
    return Page(items=[issuing.shown(row) for row in rows], next=following)


@ROUTER.post("", status_code=201, response_model=NewKey)
def create_key(work: Managing, key: Key) -> Json:
    """Issue a key. Its secret is in this answer and nowhere else."""
    row, secret = issuing.issue(work, key)
    issued = NewKey(**issuing.shown(row).model_dump(), secret=secret)
    return Json(issued, 201, issued.etag, f"/api/v1/keys/{row.id}", secret=True)


@ROUTER.get("/{id}", response_model=KnownKey, responses=answers(404))
def read_key(work: Managing, id: Id) -> Json:
    known = issuing.shown(issuing.find_key(work, id))
    return Json(known, etag=known.etag)


@ROUTER.delete("/{id}", status_code=204, responses=answers(404, 412, 428))
def revoke_key(work: Managing, id: Id, if_match: IfMatch = None) -> Response:
    """Make it useless from now on. Doing so again changes nothing."""
    issuing.revoke(work, id, if_match)
    return Response(status_code=204)
