"""What FastAPI can't know of our documentation: refusals, and the header that every POST may carry."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from service.http.idempotency import HEADER
from service.tables.base import ID_LENGTH

FAULTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
        "required": ["path", "message"],
    },
    "description": "Everything that is wrong with what was sent: where it stands, and what to do about it.",
}
REFUSAL = {
    "title": "Refusal",
    "description": "An RFC 9457 problem. Some carry more, such as `current`, `violations` or `users`.",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "faults": FAULTS,
    },
    "required": ["type", "title", "status"],
    "example": {
        "type": "invalid",
        "title": "What was given can't be used",
        "status": 422,
        "detail": "1 fault(s); each names its field and the fix",
        "faults": [{"path": "place", "message": "'nowhere' is not the id of a place; add it to places or correct it"}],
    },
}
ONCE = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same request with the same key takes effect once and is answered alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": ID_LENGTH, "pattern": "^[!-~]+$"},
}


def complete(app: FastAPI) -> None:
    """Add these to the documentation of the app."""
    written: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        found = written()
        found.setdefault("components", {}).setdefault("schemas", {})["Refusal"] = REFUSAL
        for path in found["paths"].values():
            parameters = path.get("post", {}).setdefault("parameters", [])
            if "security" in path.get("post", {}) and ONCE not in parameters:
                parameters.append(ONCE)
        return found

    app.openapi = openapi  # type: ignore[method-assign]
