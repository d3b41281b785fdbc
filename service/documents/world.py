"""What stands around values that are about to be kept, so that the library can say what is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from scheduler.domain.base import Value
from scheduler.domain.consistency import inconsistencies
from scheduler.domain.errors import Fault
from scheduler.domain.problem import Problem, Unreadable
from service.tables.document import Document

V = TypeVar("V", bound=Value)
Faults = Iterator[tuple[int, Fault]]
"""Each with the index of the value that it is about."""

NOT_ASKED = frozenset({"horizon", "travel", "standing"})
AT_ONCE = 500


@dataclass(frozen=True)
class World:
    """What a tenant has."""

    session: Session
    tenant: str

    def husks(self, row: type[Document], ids: Iterable[str | None]) -> tuple[Any, ...]:
        """Those of the ids that are there, as elements of a problem that can be referred to."""
        wanted = sorted({id for id in ids if id is not None})
        found: list[str] = []
        for n in range(0, len(wanted), AT_ONCE):
            asked = select(row.id).where(row.tenant == self.tenant, row.id.in_(wanted[n : n + AT_ONCE]))
            found += self.session.scalars(asked)
        return tuple(Unreadable(id=id) for id in found)

    def values(self, row: type[Document], kind: type[V], *conditions: ColumnElement[bool]) -> dict[str, V]:
        """By id, the values for which the conditions hold."""
        asked = select(row.id, row.value).where(row.tenant == self.tenant, *conditions).order_by(row.id)
        return {id: kind.model_validate(value) for id, value in self.session.execute(asked)}


def judged(field: str, values: Sequence[Value], around: Mapping[str, Sequence[Any]]) -> Faults:
    """What the library finds wrong with the values, were they the first of that field of a problem."""
    given = {**around, field: (*values, *around.get(field, ()))}
    parts: dict[str, Any] = {name: tuple(items) for name, items in given.items()}
    problem = Problem.model_construct(**parts)
    for (name, *path), message in inconsistencies(problem, NOT_ASKED):
        if name == field and path and isinstance(path[0], int) and path[0] < len(values):
            yield path[0], Fault(written(path[1:]), message)


def written(path: Sequence[int | str]) -> str:
    """`requirements[0].skills`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def taken(world: World, row: type[Document], values: Sequence[Any], kind: str) -> Faults:
    """Technicians and rooms share their ids, because bookings name either."""
    used = {husk.id for husk in world.husks(row, [value.id for value in values])}
    for n, value in enumerate(values):
        if value.id in used:
            yield n, Fault("id", f"{value.id!r} is the id of a {kind}; give another one")
