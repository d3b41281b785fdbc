"""What all routes have in common, made from the app's routes: pages, some fields alone, versions, keys, rates."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from service.access.permission import Role
from service.app import create_app
from service.house import Limiter
from service.http.fields import ALWAYS
from service.settings import Settings
from tests.service.conftest import BASE, signed_in
from tests.service.matrix.filled import TECHNICIAN, Filled, marked
from tests.service.matrix.routes import QUERY, ROUTES, named, part

DOCUMENT = create_app(Settings(demo=False)).openapi()
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    if path.startswith(BASE)
    for method, operation in methods.items()
]
GUARDED = [(method, path, operation) for method, path, operation in OPERATIONS if "security" in operation]
POSTS = [path for method, path, _ in GUARDED if method == "POST"]
CREATE_OR_ASK = {"plans/{id}/verify", "connections/{id}/test"}
"""Of what is posted to an existing thing: these leave it as it is."""
NEED_MORE = {f"{BASE}/{path}" for path in ("feeds", "imports", "my/reports", "publications/undo")}
"""Their examples do not fit the tenant of this test."""
WITHOUT_VERSION = {"session"}
"""Signing out: the X-CSRF-Token says which session is meant, and nobody else writes it."""


def answered(operation: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the whole answer, where it is JSON."""
    content = operation["responses"].get("200", {}).get("content", {})
    if "application/json" not in content or not content["application/json"].get("schema"):
        return None
    schema = content["application/json"]["schema"]
    schema = schema.get("anyOf", [schema])[0]
    found: dict[str, Any] = SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


READS = [(path, schema) for method, path, op in GUARDED if method == "GET" and (schema := answered(op)) is not None]
PAGES = [path for path, schema in READS if schema.get("type") == "array" or "items" in schema.get("properties", {})]
CHANGES = [
    (method, path, operation)
    for method, path, operation in GUARDED
    if (method in ("PUT", "PATCH", "DELETE") or (method == "POST" and "{" in path))
    and path.removeprefix(f"{BASE}/") not in CREATE_OR_ASK | WITHOUT_VERSION
]


def parameters(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"].lower() for parameter in operation.get("parameters", ())}


def test_they_are_all_there() -> None:
    assert len(PAGES) > 20 and len(READS) > 45 and len(CHANGES) > 45 and len(POSTS) > 35


def test_every_list_comes_in_pages() -> None:
    operations = {path: operation for method, path, operation in GUARDED if method == "GET"}
    assert [path for path in PAGES if not {"cursor", "limit"} <= parameters(operations[path])] == []
    assert [path for path, schema in READS if schema.get("type") == "array"] == []


def test_every_answer_can_be_asked_for_in_part() -> None:
    operations = {path: operation for method, path, operation in GUARDED if method == "GET"}
    assert [path for path, _ in READS if "fields" not in parameters(operations[path])] == []


def test_every_change_names_its_version() -> None:
    def says_so(operation: dict[str, Any]) -> bool:
        return "if-match" in parameters(operation) and {"412", "428"} <= operation["responses"].keys()

    assert [(method, path) for method, path, operation in CHANGES if not says_so(operation)] == []


class Asking:
    """A tenant with something of everything, asked by who may."""

    def __init__(self, filled: Filled) -> None:
        self.filled = filled
        self._technician = signed_in(filled.app, Role.TECHNICIAN, resource=TECHNICIAN)

    def ask(self, method: str, path: str, **given: Any) -> Response:
        client = self._technician if part(path) == "my" else self.filled.admin
        url = named(path, self.filled.ids.get(part(path), "0"))
        if method == "GET":
            given["params"] = {**QUERY.get(path, {}), **given.get("params", {})}
        return client.request(method, url, **given)

    def bodies(self, method: str, path: str, operation: dict[str, Any]) -> Iterator[Any]:
        """What may be a fitting one: as it is now, the example, nothing at all."""
        if method == "DELETE" or "requestBody" not in operation:
            yield None
            return
        if method != "POST":
            known = self.ask("GET", path)
            if known.status_code == 200:
                yield known.json().get("value", known.json())
                yield {"value": known.json().get("value")}
                yield {name: known.json().get(name) for name in ("login", "name", "role", "resource")}
        for example in shown_by(operation):
            yield marked(example)
            yield marked({**example, "id": "another"})
        yield {}


def shown_by(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The examples of its body."""
    content = operation["requestBody"]["content"].get("application/json", {})
    schema = content.get("schema", {})
    inner = SCHEMAS.get(schema.get("$ref", "").rpartition("/")[2], schema)
    return [*content.get("examples", ()), *schema.get("examples", ()), *inner.get("examples", ())]


@pytest.fixture
def asking(filled: Filled) -> Asking:
    assert filled.admin.put(f"{BASE}/settings/planning", json={}).status_code == 201
    return Asking(filled)


def test_pages_hold_together_what_the_list_holds(asking: Asking) -> None:
    filled_lists = 0
    for path in PAGES:
        whole, found, cursor = asking.ask("GET", path).json()["items"], [], {}
        while True:
            page = asking.ask("GET", path, params={"limit": 1, **cursor}).json()
            assert "items" in page, (path, page, cursor)
            found += page["items"]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert found == whole, path
        assert asking.ask("GET", path, params={"cursor": "x"}).status_code == 422, path
        filled_lists += len(whole) > 0
    assert filled_lists > 18


def test_what_is_not_named_is_left_out(asking: Asking) -> None:
    for path, _ in READS:
        answer = asking.ask("GET", path)
        assert answer.status_code == 200, path
        content = answer.json()
        records = content["items"] if path in PAGES else [content]
        for record in records[:1]:
            name = next(name for name in record if name not in ALWAYS | {"value"})
            shown = asking.ask("GET", path, params={"fields": name})
            assert shown.headers.get("ETag") == answer.headers.get("ETag")
            first = shown.json()["items"][0] if path in PAGES else shown.json()
            assert first == {key: part for key, part in record.items() if key in ALWAYS | {name}}, path
        unknown = asking.ask("GET", path, params={"fields": "no-such-field"})
        assert unknown.status_code == 422 and unknown.json()["faults"][0]["path"] == "query.fields", path


def test_a_change_without_its_version_is_refused(asking: Asking) -> None:
    wrong = []
    for method, path, operation in CHANGES:
        if path == f"{BASE}/me/password":
            continue  # a key has none: see test_people
        tries = [asking.ask(method, path, json=body) for body in asking.bodies(method, path, operation)]
        if 428 not in {answer.status_code for answer in tries} or any(answer.is_success for answer in tries):
            wrong.append((method, path, [answer.text for answer in tries]))
    assert wrong == []


def test_the_same_post_with_the_same_key_is_answered_once(asking: Asking) -> None:
    operations = {path: operation for method, path, operation in GUARDED if method == "POST"}
    assert [path for path in POSTS if "idempotency-key" not in parameters(operations[path])] == []
    seen = set()
    for path in POSTS:
        thing = asking.ask("GET", path.rpartition("/")[0]) if "{" in path else None
        version = {"If-Match": thing.headers.get("ETag", "")} if thing is not None else {}
        for n, body in enumerate(asking.bodies("POST", path, operations[path])):
            headers = {"Idempotency-Key": f"{path}-{n}".encode().hex()[-100:], **version}
            first, second = (asking.ask("POST", path, json=body, headers=headers) for _ in range(2))
            if first.is_success:
                replayed = "Idempotent-Replayed" in second.headers and second.content == first.content
                secret = first.headers.get("Cache-Control") == "no-store" and second.status_code == 409
                assert replayed or secret, (path, second.text)
                seen.add(path)
                break
    assert set(POSTS) - seen == NEED_MORE


def test_nothing_is_without_a_limit(anybody: TestClient, app: FastAPI) -> None:
    """One request in an hour: who has sent it is refused everywhere."""
    client = signed_in(app)
    object.__setattr__(app.state.house, "limiter", Limiter("1/hour"))
    assert client.get(f"{BASE}/me").status_code == 200
    assert anybody.get(f"{BASE}/feeds/none.ics").status_code == 404
    for method, path, asked in ROUTES:
        if path.startswith(BASE):
            answer = (anybody if asked == "open" else client).request(method, named(path, "0"))
            assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0, (method, path)
    assert anybody.get("/healthz").status_code == 200
