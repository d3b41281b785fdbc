"""A row that a request names."""

from typing import TypeVar

from service.http.problems import Missing
from service.tables import Base
from service.work import Work

R = TypeVar("R", bound=Base)


def found(work: Work, kind: type[R], id: str, called: str, *, lock: bool = False) -> R:
    """The tenant's row with that id, kept from other transactions where `lock` is set; refused where there is none."""
    row = work.session.get(kind, {"tenant": work.tenant, "id": id}, with_for_update=lock)
    if row is None:
        raise Missing(f"there is no {called} {id!r}")
    return row
