"""The same routes for every kind of value that is kept."""

from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import BaseModel, Field

from service.access.permission import Permission
from service.documents import store
from service.documents.kind import Kind
from service.documents.kinds import KINDS
from service.documents.store import Record, shown
from service.http.etag import IfMatch
from service.http.given import Given
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.tables.base import ID_LENGTH, ID_PATTERN
from service.tables.document import Document
from service.work import Work

T = TypeVar("T")
MOST_ITEMS = 5000

Id = Annotated[str, Path(max_length=ID_LENGTH, pattern=ID_PATTERN)]
Reading = Annotated[Work, may(Permission.DATA_READ)]


class Counts(BaseModel):
    """What became of the items. In a dry run nothing was kept."""

    created: int
    changed: int
    unchanged: int
    dry_run: bool = False


class Bulk(Given, Generic[T]):
    items: list[T] = Field(max_length=MOST_ITEMS)
    etags: dict[str, str] = Field(
        default={},
        max_length=MOST_ITEMS,
        description="By id, the version that an item replaces: where there is another one by now, nothing is kept.",
    )


class Keyed(Given, Generic[T]):
    """A value that carries no id of its own, with the id that it is kept under."""

    id: str = Field(min_length=1, max_length=ID_LENGTH)
    value: T


def routes(kind: Kind[Any]) -> APIRouter:
    found = router(f"/{kind.path}", kind.path)
    _reading(found, kind)
    _writing(found, kind)
    _bulk(found, kind)
    return found


def _reading(api: APIRouter, kind: Kind[Any]) -> None:
    record: Any = Record[kind.value]  # type: ignore[name-defined]
    narrowed: Any = Annotated[kind.filter, Query()]

    @api.get("", name=f"list_{kind.path}", response_model=Page[record])
    def read_many(work: Reading, pages: Pages, narrow: narrowed) -> Json:
        rows, following = pages.cut(work.session, store.listed(work, kind, narrow), kind.row.id)
        return Json({"items": [shown(row) for row in rows], "next": following})

    @api.get("/{id:path}", name=f"read_{kind.name}", response_model=record, responses=answers(404))
    def read(work: Reading, id: Id) -> Json:
        row = store.find(work, kind, id)
        return Json(shown(row), etag=row.etag)


def _writing(api: APIRouter, kind: Kind[Any]) -> None:
    writing: Any = Annotated[Work, may(kind.write)]
    record: Any = Record[kind.value]  # type: ignore[name-defined]
    value: Any = Annotated[kind.value, Body(examples=[kind.example])]
    some: Any = Annotated[dict[str, Any], Body(examples=[dict([list(kind.example.items())[-1]])])]
    changing = answers(404, 409, 412, 428)

    @api.post("", name=f"create_{kind.name}", status_code=201, response_model=record, responses=answers(409))
    def create(work: writing, given: value) -> Json:
        return _answer(kind, store.create(work, kind, given), 201)

    @api.put("/{id:path}", name=f"put_{kind.name}", response_model=record, responses=_put_answers(record))
    def put(work: writing, id: Id, given: value, if_match: IfMatch = None) -> Json:
        row, new = store.put(work, kind, id, given, if_match)
        return _answer(kind, row, 201 if new else 200)

    @api.patch("/{id:path}", name=f"patch_{kind.name}", response_model=record, responses=changing)
    def patch(work: writing, id: Id, changes: some, if_match: IfMatch = None) -> Json:
        """Change the fields that are given; null takes a field back to its default (RFC 7396)."""
        return _answer(kind, store.patch(work, kind, id, changes, if_match))

    @api.delete("/{id:path}", name=f"delete_{kind.name}", status_code=204, responses=changing)
    def delete(work: writing, id: Id, if_match: IfMatch = None) -> Response:
        store.remove(work, kind, id, if_match)
        return Response(status_code=204)


def _bulk(api: APIRouter, kind: Kind[Any]) -> None:
    writing: Any = Annotated[Work, may(kind.write)]
    item: Any = kind.value if kind.named else Keyed[kind.value]  # type: ignore[name-defined]
    example = kind.example if kind.named else {"id": f"{kind.name}-1", "value": kind.example}
    items: Any = Annotated[Bulk[item], Body(examples=[{"items": [example]}])]

    @api.post("/bulk", name=f"upsert_{kind.path}", response_model=Counts, responses=answers(409, 412))
    def upsert(work: writing, bulk: items, dry_run: bool = False) -> Json:
        """Create or replace all items, by their ids, or nothing. Equal ones stay as they are."""
        values = [(item.id, item if kind.named else item.value) for item in bulk.items]
        with work.session.begin_nested() as trial:
            counts = store.upsert(work, kind, values, etags=bulk.etags)
            if dry_run:
                trial.rollback()
        return Json({**counts, "dry_run": dry_run})


def _answer(kind: Kind[Any], row: Document, status: int = 200) -> Json:
    location = f"/api/v1/{kind.path}/{quote(row.id)}" if status == 201 else ""
    return Json(shown(row), status, row.etag, location)


def _put_answers(record: Any) -> dict[int | str, dict[str, Any]]:
    return {201: {"model": record, "description": "Created"}, **answers(404, 409, 412, 428)}


ROUTERS = tuple(routes(kind) for kind in KINDS)
