"""Our own JSON: problem, plan, outcome and goal. What is wrong with a file comes back as all its faults."""

import warnings
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import PydanticJsonSchemaWarning

from scheduler.domain.errors import Fault, InvalidInput, faults_of
from scheduler.domain.goal import Goal
from scheduler.domain.outcome import Outcome
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

V = TypeVar("V", bound=BaseModel)


def read_problem(path: Path) -> Problem:
    """A problem from a JSON file. Raises InvalidInput with all faults."""
    return Problem.read(content(path), str(path))


def read_plan(path: Path) -> Plan:
    """A plan, or the plan of an outcome. Raises InvalidInput with all faults."""
    given = content(path)
    try:
        return Outcome.model_validate_json(given).plan
    except ValidationError as error:
        if not any(fault["loc"] == ("plan",) and fault["type"] == "missing" for fault in error.errors()):
            raise InvalidInput(faults_of(error), str(path)) from error
    return _read(Plan, given, path)


def read_outcome(path: Path) -> Outcome:
    """An outcome. Raises InvalidInput with all faults."""
    return _read(Outcome, content(path), path)


def read_goal(path: Path) -> Goal:
    """A goal. Raises InvalidInput with all faults."""
    return _read(Goal, content(path), path)


def content(path: Path) -> bytes:
    """What a file holds. Raises InvalidInput for one that can't be read."""
    try:
        return path.read_bytes().removeprefix(BYTE_ORDER_MARK)
    except OSError as error:
        raise InvalidInput((Fault("", error.strerror or str(error)),), str(path)) from error


def write(value: BaseModel, path: Path) -> None:
    """Write a value so that the reader of its kind gives back an equal one."""
    path.write_text(value.model_dump_json(indent=1) + "\n", encoding="utf-8")


def schema(kind: type[BaseModel] = Problem) -> dict[str, Any]:
    """The JSON Schema of what the readers accept."""
    with warnings.catch_warnings():
        # Empty tables are no JSON values to pydantic, so that their defaults are left out.
        warnings.simplefilter("ignore", PydanticJsonSchemaWarning)
        return kind.model_json_schema(mode="validation")


def _read(kind: type[V], given: bytes, path: Path) -> V:
    try:
        return kind.model_validate_json(given)
    except ValidationError as error:
        raise InvalidInput(faults_of(error), str(path)) from error
