"""Every route, every role, a stranger: made from the app's routes, so that a new one without a rule fails."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from service.access.permission import Role
from service.database import EVERY_TENANT
from service.tables import Base
from tests.service.conftest import BASE, signed_in
from tests.service.matrix.filled import SECRET, TECHNICIAN, Filled
from tests.service.matrix.routes import GUARDED, LISTS, QUERY, ROUTES, STREAM, WITH_IDS, named, part
from tests.service.matrix.rules import expected, may

OF_WORKERS = ("mailboxes", "mailboxes/conflicts")
ENDED_AT_ONCE = {"Last-Event-ID": "-1"}
"""Whoever may follow the stream is told that this is no event of it."""
BODIES: dict[str, dict[str, Any]] = {
    "answer": {"decision": "accept"},
    "edits": {},
    "publish": {},
    "rebase": {},
    "test": {},
}


def test_every_route_asks_for_what_the_rules_say() -> None:
    wrong = [(m, path, asked, expected(m, path)) for m, path, asked in ROUTES if asked != expected(m, path)]
    assert wrong == [], "change the route, or give it a rule in rules.py"


def body(method: str, path: str) -> Any:
    return None if method in ("GET", "DELETE") else BODIES.get(path.rpartition("/")[2], {})


@pytest.mark.slow
def test_every_role_may_do_what_the_rules_say_and_no_more(anybody: TestClient, app: FastAPI) -> None:
    roles = {role: signed_in(app, role, resource=TECHNICIAN) for role in Role}
    wrong = []
    for method, path in GUARDED:
        url = named(path, "0")
        assert anybody.request(method, url).status_code == 401, (method, path)
        for role, client in roles.items():
            headers = ENDED_AT_ONCE if path == STREAM else {}
            status = client.request(method, url, json=body(method, path), headers=headers).status_code
            allowed = may(role, str(expected(method, path)))
            if (status != 403) is not allowed or status == 401 or status >= 500:
                wrong.append((method, path, role.value, status))
    assert wrong == []


def strangers(app: FastAPI) -> list[TestClient]:
    """An admin of another tenant; and a technician there who has the id of one of ours."""
    return [signed_in(app, tenant="other"), signed_in(app, Role.TECHNICIAN, "other", resource=TECHNICIAN)]


def asked_by(path: str, clients: list[TestClient]) -> TestClient:
    return clients[1] if part(path) == "my" else clients[0]


def test_a_foreign_thing_is_answered_like_one_that_is_not_there(filled: Filled, app: FastAPI) -> None:
    """By every route that names one: with a version or without, and never by 403."""
    others, wrong = strangers(app), []
    for method, path in WITH_IDS:
        assert part(path) in filled.ids, f"{path}: make such a thing in filled.py"
        ids = filled.ids[part(path)]
        nothing = {name: "7" if name == "ordinal" else f"{id}-x" for name, id in ids.items()}
        client, given = asked_by(path, others), body(method, path)
        own = version(filled, path)
        given = [] if method == "PUT" else given  # it would make a thing of their own
        for headers in ({}, {"If-Match": own}):
            foreign, missing = (
                client.request(method, named(path, which), json=given, headers=headers) for which in (ids, nothing)
            )
            if _told(foreign) != _told(missing) or foreign.status_code not in (404, 422):
                wrong.append((method, path, foreign.status_code, foreign.text, missing.text))
    assert wrong == []


def version(filled: Filled, path: str) -> str:
    """The ETag of the thing that the path is about."""
    thing = "/".join(path.split("/")[:4]) + "/" + "/".join(filled.ids[part(path)].values())
    return filled.admin.get(thing).headers.get("ETag", '"0"')


def _told(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.text.replace("-x", "")


def test_no_list_shows_anything_foreign(filled: Filled, app: FastAPI) -> None:
    others = strangers(app)
    for path in LISTS:
        answer = asked_by(path, others).get(path, params=QUERY.get(path))
        assert answer.status_code in (200, 404), (path, answer.text)
        if part(path) != "me":
            assert SECRET not in answer.text.replace(TECHNICIAN, ""), path
        if part(path) not in ("my", "me", "session"):
            ours = filled.admin.get(path, params=QUERY.get(path))
            assert ours.status_code == (404 if part(path) == "settings" else 200), (path, ours.text)


def test_the_word_would_be_found(filled: Filled, app: FastAPI) -> None:
    """Most lists of the tenant itself hold it; otherwise the test above says nothing."""
    without = {f"{BASE}/{name}" for name in ("skills", "goals", "settings/planning", "me", *OF_WORKERS)}
    technician = signed_in(app, Role.TECHNICIAN, resource=TECHNICIAN)
    for path in LISTS:
        client = technician if part(path) == "my" else filled.admin
        found = SECRET in client.get(path, params=QUERY.get(path)).text
        assert found or path in without, path


def test_nothing_that_strangers_send_changes_anything(filled: Filled, app: FastAPI) -> None:
    """They know every id, every version and every value, and send them back to every route."""
    others, before = strangers(app), rows(app)
    for method, path in GUARDED:
        if method == "GET":
            continue
        ids = filled.ids.get(part(path), {})
        url, client = named(path, ids or "0"), asked_by(path, others)
        known = filled.admin.get(url) if method in ("PUT", "PATCH") else None
        value = body(method, path) if known is None else known.json().get("value", known.json())
        headers = {"If-Match": version(filled, path)} if "{" in path else {}
        for given in (value, {"items": [value]}, {}):
            answer = client.request(method, url, json=given, headers=headers)
            assert answer.status_code < 500, (method, path, answer.text)
    assert rows(app) == before


def rows(app: FastAPI) -> dict[str, list[str]]:
    """All that the tenant has."""
    found = {}
    with app.state.house.database.reading(EVERY_TENANT) as session:
        for table in Base.metadata.sorted_tables:
            column = table.c.get("tenant", table.c.get("id"))
            assert column is not None
            found[table.name] = sorted(map(str, session.execute(select(table).where(column == "main"))))
    return found


SPEAKS_OF = re.compile(r"\b(?:from|update|join|into)\s+\"?(\w+)", re.IGNORECASE)
NAMES_TENANT = re.compile(r"\btenants?\.id\b|\btenant\b[^,]*?(?:=|in \()", re.IGNORECASE)
BY_A_SECRET = re.compile(r"\bhash = |\bdigest = |\bissuer = ", re.IGNORECASE)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    found: list[str] = []

    def heard(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        found.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", heard)
    yield found
    event.remove(Engine, "before_cursor_execute", heard)


def test_every_query_names_its_tenant(filled: Filled, app: FastAPI, statements: list[str]) -> None:
    """Or finds one by a secret. That SQLite has no row-level security must not matter."""
    guarded = {table.name for table in Base.metadata.sorted_tables}
    technician = signed_in(app, Role.TECHNICIAN, resource=TECHNICIAN)
    statements.clear()
    for method, path in GUARDED:
        if path.endswith("/events"):
            continue  # it lasts as long as the run
        url = named(path, filled.ids.get(part(path), "0"))
        client = technician if part(path) == "my" else filled.admin
        client.request(method, url, json=body(method, path), params=QUERY.get(path))
    spoken = {s for s in statements if s.split()[0].upper() in ("SELECT", "UPDATE", "DELETE")}
    about = {s for s in spoken if guarded & set(SPEAKS_OF.findall(s))}
    assert len(about) > 70, "this test has heard little"
    assert [s for s in about if not NAMES_TENANT.search(_where(s)) and not BY_A_SECRET.search(s)] == []


def _where(statement: str) -> str:
    return statement.partition(" WHERE ")[2]
