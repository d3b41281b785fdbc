"""A problem without what is faulty: one such value never keeps everybody else from being planned."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem

ELEMENT = re.compile(r"(technicians|rooms|places|activities|precedences|locks|waivers)\[(\d+)\]")
ADJUSTED = frozenset({"now", "freeze_until", "locks", "waivers", "goal", "standing"})
STANDING = re.compile(r"standing\.bookings\[(\d+)\]")


@dataclass(frozen=True)
class Assembled:
    """A problem, and what had to stay out of it: what it is, and the fault."""

    problem: Problem
    left_out: tuple[Fault, ...] = ()


def sound(fields: dict[str, Any], known: Problem | None = None) -> Assembled:
    """The problem without the elements that the library refuses, and without what needs them.

    Of what is as in a `known` problem, nothing is checked again.
    """
    left_out: list[Fault] = []
    while True:
        try:
            return Assembled(_read(fields, known), tuple(left_out))
        except InvalidInput as error:
            blamed = _blamed(error.faults)
            if not blamed:
                raise
            left_out += [_named(fields, fault) for fault in error.faults]
            fields = _without(fields, blamed)


def _read(fields: dict[str, Any], known: Problem | None) -> Problem:
    if known is None or any(_plain(fields[name]) != getattr(known, name) for name in fields.keys() - ADJUSTED):
        return Problem.read(fields)
    given = {name: _plain(fields.get(name)) for name in ADJUSTED}
    return known.adjusted(**given)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _blamed(faults: Iterable[Fault]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for fault in faults:
        if match := ELEMENT.match(fault.path):
            found.setdefault(match[1], set()).add(int(match[2]))
        elif match := STANDING.match(fault.path):
            found.setdefault("standing", set()).add(int(match[1]))
    return found


def _named(fields: dict[str, Any], fault: Fault) -> Fault:
    """The fault with the element's id in place of its number."""
    match = ELEMENT.match(fault.path)
    element = fields[match[1]][int(match[2])] if match else None
    named = getattr(element, "id", None)
    return (
        fault
        if match is None or named is None
        else Fault(f"{match[1]}/{named}{fault.path[match.end() :]}", fault.message)
    )


def _without(fields: dict[str, Any], blamed: dict[str, set[int]]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: _kept(fields[name], gone) for name, gone in blamed.items() if name != "standing"}
    if "standing" in blamed:
        standing: Plan = fields["standing"]
        kept["standing"] = standing.model_copy(update={"bookings": tuple(_kept(standing.bookings, blamed["standing"]))})
    return {**fields, **kept}


def _kept(items: Sequence[Any], gone: set[int]) -> list[Any]:
    return [item for n, item in enumerate(items) if n not in gone]
