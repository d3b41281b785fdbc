"""What FastAPI can't know of our documentation: refusals, the header of every POST, answers with some fields alone."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from service.http.fields import ALWAYS, FIELDS
from service.http.idempotency import HEADER
from service.http.paging import Page
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
            if any(parameter["name"] == FIELDS for parameter in path.get("get", {}).get("parameters", ())):
                answer = path["get"]["responses"]["200"]["content"]["application/json"]
                answer["schema"] = _or_in_part(answer["schema"], found["components"]["schemas"])
        return found

    app.openapi = openapi  # type: ignore[method-assign]


def _or_in_part(schema: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    return schema if "anyOf" in schema else {"anyOf": [schema, _in_part(schema, known)]}


def _in_part(schema: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The same with `fields`: nothing of a record must be there but what is never left out."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    whole = known.get(name, {})
    if whole.get("type") != "object":
        return schema
    part = f"{name}InPart"
    if part not in known:
        known[part] = whole
        parts = dict(whole.get("properties", {}))
        if parts.keys() == Page.model_fields.keys():
            parts["items"] = {**parts["items"], "items": _in_part(parts["items"]["items"], known)}
            known[part] = {**whole, "title": part, "properties": parts}
        else:
            if "value" in parts:
                parts["value"] = _in_part(parts["value"], known)
            must = [field for field in whole.get("required", ()) if field in ALWAYS]
            known[part] = {**whole, "title": part, "properties": parts, "required": must}
    return {"$ref": f"#/components/schemas/{part}"}
