"""The one tree of errors that the library raises on purpose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

FIXES = {
    "extra_forbidden": "is not a field here; correct its name or leave it out",
    "missing": "is missing; give it",
    "model_attributes_type": "is no JSON object; send one, as application/json",
    "model_type": "is no JSON object; give its fields between braces",
    "timezone_aware": "has no time zone; add its offset, such as +02:00 or Z",
}


class FieldplanError(Exception):
    """Base of every error that this library raises on purpose."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was given: where it stands and what to do about it."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidInput(FieldplanError, ValueError):
    """What was given can't be planned with. `faults` holds all that is wrong, not only the first."""

    def __init__(self, faults: tuple[Fault, ...], source: str = "") -> None:
        self.faults = faults
        self.source = source
        head = f"{source}: {len(faults)} fault(s)" if source else f"{len(faults)} fault(s)"
        super().__init__("\n".join([head, *(f"  {fault}" for fault in faults)]))

    def __reduce__(self) -> tuple[type["InvalidInput"], tuple[tuple[Fault, ...], str]]:
        return type(self), (self.faults, self.source)


class LimitExceeded(FieldplanError, ValueError):
    """The input is well formed and larger than what is supported."""


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """Every fault that pydantic found, with paths written as `activities[3].duration`."""
    return faults_in(error.errors(include_url=False))


def faults_in(lines: Iterable[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """The same from the lines of pydantic's error: each has `loc`, `type` and `msg`."""
    return tuple(
        Fault(_path(line["loc"]), FIXES.get(line["type"], line["msg"].removeprefix("Value error, "))) for line in lines
    )


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if part != "[key]":
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path
