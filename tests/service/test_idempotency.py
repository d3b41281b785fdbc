"""The same POST with the same key takes effect once."""

from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from service.database import Database
from service.http.idempotency import ASKING
from service.tables import AnswerRow
from service.work import utc_now
from tests.service.conftest import BASE
from tests.service.office import Dispatcher, open_office, placed


def test_the_answer_is_the_same_and_the_effect_one(client: TestClient) -> None:
    goal = {"levels": [{"weights": {"unscheduled": 1}}]}
    first, second = (client.post(f"{BASE}/goals", json=goal, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content) == (201, first.content)
    assert (first.headers["ETag"], first.headers["Location"]) == (second.headers["ETag"], second.headers["Location"])
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(client.get(f"{BASE}/goals").json()["items"]) == 1


def test_another_request_with_the_key_is_refused(client: TestClient) -> None:
    for place, status in (("a", 201), ("b", 422)):
        answer = client.post(f"{BASE}/places", json={"id": place}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == status


def test_a_refusal_is_not_remembered(client: TestClient) -> None:
    headers = {"Idempotency-Key": "k"}
    assert client.post(f"{BASE}/rooms", json={"id": "a"}, headers=headers).status_code == 422
    assert client.post(f"{BASE}/places", json={"id": "a"}, headers=headers).status_code == 201


def test_many_at_once_take_effect_once(client: TestClient, app: FastAPI) -> None:
    goal = {"levels": [{"weights": {"unscheduled": 1}}]}
    with ThreadPoolExecutor(8) as pool:
        send = lambda _: client.post(f"{BASE}/goals", json=goal, headers={"Idempotency-Key": "k"})  # noqa: E731
        answers = list(pool.map(send, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_what_was_not_committed_was_not_answered(client: TestClient, app: FastAPI) -> None:
    """A failing commit must never look like a success."""
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    def fail(_: Session) -> None:
        raise OSError("the disk is full")

    event.listen(Session, "before_commit", fail)
    try:
        answer = TestClient(app, raise_server_exceptions=False, headers=client.headers).post(
            f"{BASE}/places", json={"id": "a"}
        )
    finally:
        event.remove(Session, "before_commit", fail)
    assert answer.status_code == 500 and "disk" not in answer.text
    assert client.get(f"{BASE}/places/a").status_code == 404


def test_what_only_asks_is_answered_once_too(client: TestClient) -> None:
    dispatcher = opened(client)
    url, headers = f"{BASE}/plans/{dispatcher.id}/verify", {"Idempotency-Key": "k"}
    first = client.post(url, headers=headers)
    assert dispatcher.place(placed("a", "ann", "23:00")).is_success
    again, now = client.post(url, headers=headers), client.post(url)
    assert again.headers["Idempotent-Replayed"] == "true" and again.content == first.content != now.content
    assert client.post(f"{BASE}/plans/none/verify", headers={"Idempotency-Key": "n"}).status_code == 404
    assert client.post(f"{BASE}/plans/none/verify", headers={"Idempotency-Key": "n"}).status_code == 404


def test_a_question_that_is_being_answered_is_not_asked_twice(client: TestClient, database: Database) -> None:
    """Unless it has taken so long that the process which asked was lost."""
    url, headers = f"{BASE}/plans/{opened(client).id}/verify", {"Idempotency-Key": "k"}
    first = client.post(url, headers=headers)
    with database.writing("main") as session:
        session.execute(update(AnswerRow).values(status=None, body=None))
    assert client.post(url, headers=headers).status_code == 409
    with database.writing("main") as session:
        session.execute(update(AnswerRow).values(at=utc_now() - ASKING))
    assert client.post(url, headers=headers).content == first.content


def opened(client: TestClient) -> Dispatcher:
    open_office(client)
    return Dispatcher(client)
