"""Holds requests and answers to contract.json, which `cut_contract.py` made."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator

CONTRACT = json.loads(Path(__file__).with_name("contract.json").read_text(encoding="utf-8"))
OPERATIONS: dict[str, Any] = CONTRACT["operations"]


class Breach(Exception):
    """What does not fit the contract, and where."""


def check_request(operation: str, body: Any) -> None:
    _check(operation, "request", body)


def check_response(operation: str, body: Any) -> None:
    _check(operation, "response", body)


def check_error(body: Any) -> None:
    _raise_first(_validator("error", ""), body, "error")


def _check(operation: str, side: str, body: Any) -> None:
    if OPERATIONS[operation][side] is None:
        if body is not None:
            raise Breach(f"{operation}: no {side} body is admitted")
        return
    _raise_first(_validator(operation, side), body, f"{operation} {side}")


def _raise_first(validator: Any, body: Any, what: str) -> None:
    for error in validator.iter_errors(body):
        raise Breach(f"{what}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")


@cache
def _validator(operation: str, side: str) -> Any:
    schema = CONTRACT["error"] if operation == "error" else OPERATIONS[operation][side]
    return OAS31Validator({**schema, "$defs": CONTRACT["$defs"]})
