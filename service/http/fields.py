"""Sparse fields: `?fields=name,skills` leaves the other fields of a value out, except those it can't be without."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel

from scheduler.domain.errors import Fault
from service.http.problems import invalid


class Sparse:
    def __init__(
        self,
        fields: Annotated[
            str | None, Query(max_length=1000, description="Fields of the value to show, between commas.")
        ] = None,
    ) -> None:
        self._asked = None if fields is None else {name.strip() for name in fields.split(",")} - {""}

    def of(self, kind: type[BaseModel]) -> frozenset[str] | None:
        """What is shown of a value of that kind; None: all of it. Raises for fields that it does not have."""
        if self._asked is None:
            return None
        if unknown := sorted(self._asked - kind.model_fields.keys()):
            raise invalid([Fault("query.fields", f"{name!r} is no field of it; leave it out") for name in unknown])
        needed = {name for name, field in kind.model_fields.items() if field.is_required()}
        return frozenset(self._asked | needed)


Fields = Annotated[Sparse, Depends()]


def cut(value: Mapping[str, Any], shown: frozenset[str] | None) -> Mapping[str, Any]:
    return value if shown is None else {name: part for name, part in value.items() if name in shown}
