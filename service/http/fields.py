"""Sparse fields: `?fields=name,skills` shows these alone, of a record or of each one in a list.

A route that answers records takes the parameter by itself (see `route`). A name is looked for in the record, and then
in its `value`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from fastapi import Query, Request, Response
from pydantic import BaseModel
from pydantic_core import from_json, to_json

from scheduler.domain.errors import Fault
from service.http.paging import Page
from service.http.problems import invalid

FIELDS = "fields"
ALWAYS = frozenset({"id", "etag"})
"""What says which record it is, and in which version, is never left out."""
LONGEST = 1000


@dataclass(frozen=True)
class Sparse:
    """The parameter of a route that answers `model`: one record, or a page of them."""

    model: type[BaseModel]

    def __call__(
        self,
        request: Request,
        fields: Annotated[
            str | None,
            Query(max_length=LONGEST, description="Fields to show, between commas; `id` and `etag` always are."),
        ] = None,
    ) -> None:
        if fields is None:
            return
        names = {name.strip() for name in fields.split(",")} - {""}
        own, inner = known(self.model)
        if unknown := sorted(names - own - inner):
            raise invalid([Fault(f"query.{FIELDS}", f"{name!r} is no field of it; leave it out") for name in unknown])
        request.state.shown = Shown(names & own | ALWAYS, names - own | ALWAYS, in_value=bool(names - own))


@dataclass(frozen=True)
class Shown:
    """What is shown of a record, and of its `value` if something of that is."""

    own: frozenset[str] | set[str]
    inner: frozenset[str] | set[str]
    in_value: bool

    def cut(self, response: Response) -> None:
        """Leave all else out of the answer."""
        content = from_json(bytes(response.body))
        if _is_page(content):
            content["items"] = [self._of(record) for record in content["items"]]
        else:
            content = self._of(content)
        response.body = to_json(content)
        response.headers["Content-Length"] = str(len(response.body))

    def _of(self, record: Mapping[str, Any]) -> dict[str, Any]:
        found = {name: part for name, part in record.items() if name in self.own}
        if self.in_value and "value" not in found:
            found["value"] = {name: part for name, part in record["value"].items() if name in self.inner}
        return found


def _is_page(content: Mapping[str, Any]) -> bool:
    return content.keys() == Page.model_fields.keys()


def known(model: type[BaseModel]) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the fields of a record, and of its `value` where that is one of the library's."""
    record: Any = get_args(model.model_fields["items"].annotation)[0] if issubclass(model, Page) else model
    fields = record.model_fields
    value: Any = fields["value"].annotation if "value" in fields else None
    inner = value.model_fields if isinstance(value, type) and issubclass(value, BaseModel) else {}
    return frozenset(fields), frozenset(inner) - frozenset(fields)
