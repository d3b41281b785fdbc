"""Users, invitations, sessions and keys."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, text, update

from service.access.permission import Permission, Role
from service.access.secret import hashed
from service.database import EVERY_TENANT, Database
from service.documents.kinds.technician import TECHNICIANS
from service.first_start import first_start
from service.tables import PassRow, UserRow
from service.work import utc_now
from tests.service.conftest import BASE, signed_in, version
from tests.service.people import PASSWORD, browser, invited, joined, person


def entered(app: FastAPI, login: str, password: str = PASSWORD, **more: Any) -> Any:
    return browser(app).post(f"{BASE}/session", json={"login": login, "password": password, **more})


def audited(admin: TestClient, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.get(f"{BASE}/audit", params=query).json()["items"]
    return found


def test_from_the_first_link_to_signing_out(anybody: TestClient, app: FastAPI) -> None:
    """There is no password before somebody chose one, and the link works once."""
    secret = first_start(app.state.house)
    assert secret is not None
    admin = joined(app, f"#{secret}")
    me = admin.get(f"{BASE}/me").json()
    assert (me["role"], me["tenant"], me["csrf"]) == ("admin", "main", admin.headers["X-CSRF-Token"])
    again = browser(app).post(f"{BASE}/session/invitation", json={"invitation": secret, "password": PASSWORD})
    assert again.status_code == 401
    assert first_start(app.state.house) is None, "there is an admin now"
    assert admin.delete(f"{BASE}/session").status_code == 204
    assert admin.get(f"{BASE}/me").status_code == 401
    assert entered(app, "Admin ").status_code == 200


def test_a_lost_first_link_is_no_lost_service(anybody: TestClient, app: FastAPI) -> None:
    first, second = (first_start(app.state.house) for _ in range(2))
    assert first and second and first != second
    joined(app, f"#{first}")
    late = browser(app).post(f"{BASE}/session/invitation", json={"invitation": second, "password": PASSWORD})
    assert late.status_code == 401, "using one makes the others void"


def test_a_cookie_is_for_this_site_and_no_script(client: TestClient, app: FastAPI) -> None:
    invited(client, "ada")
    link = invited(client, "bo")["link"]
    joined(app, link)
    cookie = entered(app, "bo").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "max-age=86400" in cookie


def test_a_change_by_cookie_needs_the_token(client: TestClient, app: FastAPI) -> None:
    dispatcher = person(app, client, "ada")
    token = dispatcher.headers.pop("X-CSRF-Token")
    assert dispatcher.get(f"{BASE}/places").status_code == 200
    for wrong in ({}, {"X-CSRF-Token": "x" * 64}, {"X-CSRF-Token": "ü".encode()}):
        answer = dispatcher.post(f"{BASE}/places", json={"id": "a"}, headers=wrong)
        assert answer.status_code == 403 and "X-CSRF-Token" in answer.json()["detail"]
    assert dispatcher.post(f"{BASE}/places", json={"id": "a"}, headers={"X-CSRF-Token": token}).status_code == 201
    assert audited(client, kind="place")[0]["who"] == dispatcher.get(f"{BASE}/me").json()["user"]


def test_a_wrong_password_and_a_wrong_login_are_told_alike(client: TestClient, app: FastAPI) -> None:
    person(app, client, "ada")
    invited(client, "not-yet")
    answers = [entered(app, "ada", "wrong"), entered(app, "nobody"), entered(app, "not-yet", " ")]
    answers.append(entered(app, "ada", tenant="other"))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.json()["detail"] for answer in answers}) == 1


def test_guessing_is_slowed_down(client: TestClient, app: FastAPI) -> None:
    answers = [entered(app, "ada", str(n)).status_code for n in range(20)]
    assert answers[:10] == [401] * 10 and 429 in answers[10:], "attempts of the last minute count less and less"


@pytest.mark.parametrize("given", ["short", "x" * 201, ""])
def test_a_password_has_a_length(client: TestClient, app: FastAPI, given: str) -> None:
    secret = invited(client, "ada")["link"].partition("#")[2]
    answer = browser(app).post(f"{BASE}/session/invitation", json={"invitation": secret, "password": given})
    assert answer.status_code == 422 and answer.json()["faults"][0]["path"] == "password"


def test_who_is_not_active_is_out_at_once(client: TestClient, app: FastAPI) -> None:
    dispatcher = person(app, client, "ada")
    url = f"{BASE}/users/{dispatcher.get(f'{BASE}/me').json()['user'].removeprefix('user:')}"
    known = client.get(url)
    value = {name: known.json()[name] for name in ("login", "name", "role", "resource")}
    changed = client.put(url, json={**value, "active": False}, headers={"If-Match": known.headers["ETag"]})
    assert changed.status_code == 200 and changed.json()["active"] is False
    assert dispatcher.get(f"{BASE}/me").status_code == 401 and entered(app, "ada").status_code == 401
    entry = audited(client, kind="user")[0]
    assert (entry["before"]["active"], entry["after"]["active"]) == (True, False)
    assert client.post(f"{url}/invitation", headers=version(changed.json())).status_code == 409


def test_another_password_signs_other_browsers_out(client: TestClient, app: FastAPI) -> None:
    here = person(app, client, "ada")
    other = browser(app)
    other.post(f"{BASE}/session", json={"login": "ada", "password": PASSWORD})
    change = {"old": PASSWORD, "new": "another long password"}
    mine = {"If-Match": here.get(f"{BASE}/me").headers["ETag"]}
    assert here.put(f"{BASE}/me/password", json={**change, "old": "wrong"}, headers=mine).status_code == 401
    for headers, status in (({}, 428), ({"If-Match": '"older"'}, 412)):
        assert here.put(f"{BASE}/me/password", json=change, headers=headers).status_code == status
    assert here.put(f"{BASE}/me/password", json=change, headers=mine).status_code == 200
    assert here.get(f"{BASE}/me").status_code == 200 and other.get(f"{BASE}/me").status_code == 401
    assert entered(app, "ada").status_code == 401
    assert entered(app, "ada", change["new"]).status_code == 200
    assert client.put(f"{BASE}/me/password", json=change).status_code == 403, "a key has none"


def test_sessions_and_invitations_end(client: TestClient, app: FastAPI, database: Database) -> None:
    dispatcher, link = person(app, client, "ada"), invited(client, "bo")["link"]
    with database.writing(EVERY_TENANT) as session:
        session.execute(update(PassRow).values(expires_at=utc_now()))
    assert dispatcher.get(f"{BASE}/me").status_code == 401
    given = {"invitation": link.partition("#")[2], "password": PASSWORD}
    assert browser(app).post(f"{BASE}/session/invitation", json=given).status_code == 401


def test_no_secret_is_kept_or_told_twice(client: TestClient, app: FastAPI, database: Database) -> None:
    once = {"Idempotency-Key": "k"}
    key = {"name": "k", "role": "viewer"}
    made = client.post(f"{BASE}/keys", json=key, headers=once)
    assert made.headers["Cache-Control"] == "no-store"
    again = client.post(f"{BASE}/keys", json=key, headers=once)
    assert again.status_code == 409 and "secret" in again.json()["detail"]
    link = invited(client, "ada")["link"]
    cookie = joined(app, link).cookies["fieldplan"]
    secrets = [made.json()["secret"], link.partition("#")[2], cookie, PASSWORD]
    with database.reading(EVERY_TENANT) as session:
        names = session.scalars(text(ALL_TABLES[database.embedded])).all()
        kept = "".join(str(row) for name in names for row in session.execute(text(f'select * from "{name}"')))
    assert [secret for secret in secrets if secret in kept] == []
    assert hashed(cookie) in kept, "this test would find it"


ALL_TABLES = {
    True: "select name from sqlite_master where type = 'table'",
    False: "select table_name from information_schema.tables where table_schema = 'public'",
}


def test_the_last_admin_stays(anybody: TestClient, app: FastAPI) -> None:
    first = joined(app, f"#{first_start(app.state.house)}")
    own = next(user for user in first.get(f"{BASE}/users").json()["items"] if user["login"] == "admin")
    url = f"{BASE}/users/{own['id']}"
    invited(first, "not-yet", "admin")
    value = {"login": "admin", "name": "Administrator", "role": "viewer"}
    assert first.delete(url, headers=version(own)).status_code == 409
    assert first.put(url, json=value, headers=version(own)).status_code == 409
    person(app, first, "second", "admin")
    assert first.put(url, json=value, headers=version(own)).status_code == 200
    assert first.get(f"{BASE}/users").status_code == 403, "at once"


@pytest.mark.parametrize(
    ("user", "field"),
    [
        ({"role": "technician"}, "resource"),
        ({"role": "technician", "resource": "nobody"}, "resource"),
        ({"role": "viewer", "resource": "nobody"}, "resource"),
        ({"login": "TAKEN"}, "login"),
        ({"login": "two words"}, "login"),
        ({"role": "king"}, "role"),
        ({"password": "x"}, "password"),
    ],
)
def test_users_that_can_not_be(client: TestClient, user: dict[str, Any], field: str) -> None:
    invited(client, "taken")
    answer = client.post(f"{BASE}/users", json={"login": "a", "name": "A", "role": "viewer", **user})
    assert answer.status_code == 422 and answer.json()["faults"][0]["path"] == field, answer.text


def test_a_key_is_limited_and_ends(client: TestClient, app: FastAPI) -> None:
    asked = {"name": "board", "role": "dispatcher", "permissions": ["plan:read"]}
    made = client.post(f"{BASE}/keys", json=asked).json()
    limited = TestClient(app, base_url="http://test", headers={"Authorization": f"Bearer {made['secret']}"})
    assert limited.get(f"{BASE}/places").status_code == 403
    assert client.delete(f"{BASE}/keys/{made['id']}", headers=version(made)).status_code == 204
    assert limited.get(f"{BASE}/places").status_code == 401
    assert client.get(f"{BASE}/keys/{made['id']}").json()["revoked_at"] is not None
    actions = [entry["action"] for entry in audited(client, kind="key", subject=made["id"])]
    assert actions == ["revoke", "create"]


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ({"permissions": ["people:manage"]}, "permissions"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2199-01-01T00:00:00Z"}, "expires_at"),
        ({"role": "technician"}, "resource"),
        ({"resource": "nobody"}, "resource"),
    ],
)
def test_keys_that_can_not_be(client: TestClient, key: dict[str, Any], field: str) -> None:
    answer = client.post(f"{BASE}/keys", json={"name": "k", "role": "viewer", **key})
    assert answer.status_code == 422 and answer.json()["faults"][0]["path"] == field, answer.text


def test_nobody_gives_more_than_they_have(client: TestClient, app: FastAPI) -> None:
    """A key that may manage people, and nothing else, must not become an admin by way of another."""
    asked = {"name": "hr", "role": "admin", "permissions": ["people:manage", "me"]}
    secret = client.post(f"{BASE}/keys", json=asked).json()["secret"]
    limited = TestClient(app, base_url="http://test", headers={"Authorization": f"Bearer {secret}"})
    admin = invited(client, "boss", "admin")
    url = f"{BASE}/users/{admin['id']}"
    tries = (
        limited.post(f"{BASE}/keys", json={"name": "k", "role": "admin"}),
        limited.post(f"{BASE}/users", json={"login": "x", "name": "X", "role": "admin"}),
        limited.post(f"{url}/invitation", headers=version(admin)),
        limited.put(url, json={"login": "x", "name": "X", "role": "admin"}, headers=version(admin)),
        limited.delete(url, headers=version(admin)),
    )
    assert [answer.status_code for answer in tries] == [403] * 5
    assert Permission.DATA_WRITE.value in tries[0].json()["permissions"]
    assert limited.get(url).json()["etag"] == admin["etag"]


def test_the_login_is_of_a_tenant(client: TestClient, app: FastAPI) -> None:
    """That somebody elsewhere has it must not be told."""
    other = signed_in(app, Role.ADMIN, "other")
    person(app, client, "ada"), person(app, other, "ada")
    assert entered(app, "ada").status_code == entered(app, "ada", tenant="other").status_code == 200


def test_a_technician_that_has_an_account_stays(client: TestClient) -> None:
    assert client.post(f"{BASE}/technicians", json=dict(TECHNICIANS.example)).status_code == 201
    invited(client, "olena", "technician", resource="olena")
    url = f"{BASE}/technicians/olena"
    answer = client.delete(url, headers={"If-Match": client.get(url).headers["ETag"]})
    assert answer.status_code == 409 and "user" in answer.json()["detail"]


def test_a_password_is_hashed_by_argon2(client: TestClient, app: FastAPI, database: Database) -> None:
    person(app, client, "ada")
    with database.reading("main") as session:
        hash = session.scalars(select(UserRow.password).where(UserRow.login == "ada")).one()
    assert hash is not None and hash.startswith("$argon2id$")


def test_expired_passes_are_cleared_away(client: TestClient, app: FastAPI, database: Database) -> None:
    person(app, client, "ada")
    with database.writing(EVERY_TENANT) as session:
        session.execute(update(PassRow).values(expires_at=utc_now() - timedelta(seconds=1)))
    entered(app, "ada")
    with database.reading("main") as session:
        assert len(session.scalars(select(PassRow)).all()) == 1
