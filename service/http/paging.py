"""Long lists in pages. A cursor is opaque: it says after which row the next page begins."""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from scheduler.domain.errors import Fault
from service.http.problems import invalid

T = TypeVar("T")
MOST = 1000
LARGEST = 2**62


class Page(BaseModel, Generic[T]):
    """Some of the items. `next`, sent as `cursor`, brings those that follow; without it there are no more."""

    items: list[T]
    next: str | None = None


class Paging:
    """The parameters of a page, and how to cut one out of a query."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=MOST, description="Most items in the answer.")] = 100,
        cursor: Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")] = None,
    ) -> None:
        self.limit, self.cursor = limit, cursor

    def cut(
        self, session: Session, query: Select[Any], *keys: InstrumentedAttribute[Any], newest_first: bool = False
    ) -> tuple[list[Any], str | None]:
        """The rows of this page in the order of `keys`, which together are unique; and the next cursor."""
        if self.cursor is not None:
            kinds = [key.type.python_type for key in keys]
            query = query.where(_beyond(keys, _read(self.cursor, kinds), newest_first))
        order = [key.desc() if newest_first else key for key in keys]
        rows = list(session.scalars(query.order_by(*order).limit(self.limit + 1)))
        return self._page(rows, [key.key for key in keys])

    def part(self, items: Iterable[T], **keys: type) -> tuple[list[T], str | None]:
        """The same of what no table holds, given in the order of these attributes, which are of these types."""
        found = list(items)
        if self.cursor is not None:
            last = _read(self.cursor, list(keys.values()))
            found = [item for item in found if [getattr(item, key) for key in keys] > last]
        return self._page(found, list(keys))

    def _page(self, found: list[Any], keys: Sequence[str]) -> tuple[list[Any], str | None]:
        items = found[: self.limit]
        more = len(found) > self.limit
        return items, _written([getattr(items[-1], key) for key in keys]) if more else None


Pages = Annotated[Paging, Depends()]


def _beyond(keys: tuple[InstrumentedAttribute[Any], ...], last: list[Any], newest_first: bool) -> ColumnElement[bool]:
    row, after = tuple_(*keys), tuple_(*(literal(value, key.type) for value, key in zip(last, keys, strict=True)))
    return row < after if newest_first else row > after


def _written(values: list[Any]) -> str:
    plain = json.dumps([value.isoformat() if hasattr(value, "isoformat") else value for value in values])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read(cursor: str, kinds: Sequence[type]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_typed(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error):
        raise invalid([Fault("query.cursor", "is no cursor of ours; send `next` of the page before")]) from None


def _typed(value: Any, kind: Any) -> Any:
    if hasattr(kind, "fromisoformat"):
        return kind.fromisoformat(value).astimezone(UTC)
    if type(value) is not kind or (kind is int and abs(value) > LARGEST) or (kind is str and "\0" in value):
        raise ValueError
    return value
