"""A kind of value that is kept: its shape, its table, how it is searched, what it may refer to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import ColumnElement

from scheduler.domain.base import Value
from service.access.permission import Permission
from service.documents.world import Faults, World
from service.tables.document import Document

V = TypeVar("V", bound=Value)


class Filter(BaseModel):
    """What a list can be narrowed by: query parameters."""

    def where(self, row: Any) -> Iterable[ColumnElement[bool]]:
        """Conditions on the columns of the row."""
        return (getattr(row, name) == given for name, given in self if given is not None)


@dataclass(frozen=True)
class Kind(Generic[V]):
    """One resource of the API.

    Attributes
    ----------
    name, path
        `technician` in audit and faults, `technicians` in the API.
    value, row, filter
        Its shape, its table and what its list can be narrowed by.
    columns
        What is searched, taken from a value.
    faults
        What is wrong with values, seen with what is there.
    users
        What still needs the thing of that id, which then must not go.
    topic
        Under which changes are announced; empty where nobody waits for them.
    named
        Whether the value carries its own id; otherwise the service gives one.
    """

    name: str
    path: str
    value: type[V]
    row: type[Document]
    filter: type[Filter] = Filter
    columns: Callable[[V], Mapping[str, Any]] = lambda value: {}
    faults: Callable[[World, Sequence[V]], Faults] = lambda world, values: iter(())
    users: Callable[[World, str], Iterable[str]] = lambda world, id: ()
    write: Permission = Permission.DATA_WRITE
    topic: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> bool:
        return "id" in self.value.model_fields

    def stored(self, value: V) -> dict[str, Any]:
        kept: dict[str, Any] = value.model_dump(mode="json")
        return kept
