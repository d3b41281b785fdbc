"""From a publication into real calendars, and back: what people do there is asked, granted or put back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.service.calendars.conftest import ANN, BOB, listed, read_now
from tests.service.conftest import BASE, version
from tests.service.office import Dispatcher, at, placed, published
from tests.sync.backends.dav.hand import DavHand
from tests.sync.backends.dav.servers import Server


def moment(clock: str, day: int = 0) -> datetime:
    return datetime.fromisoformat(at(clock, day))


def questions(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{BASE}/questions").json()["items"]
    return found


def event_at(dav: Server, mailbox: str, clock: str) -> str:
    """The address of the event that begins then."""
    with dav.client(mailbox) as client:
        return next(path for path in listed(dav, mailbox) if f"{moment(clock):%Y%m%dT%H%M%SZ}" in client.get(path).text)


@pytest.fixture
def shown(app: FastAPI, office: TestClient) -> TestClient:
    read_now(app, office)
    return office


def test_what_is_published_stands_in_the_calendar(shown: TestClient, dav: Server) -> None:
    assert len(listed(dav, ANN)) == 2 and listed(dav, BOB) == []
    states = {item["mailbox"]: item for item in shown.get(f"{BASE}/mailboxes").json()["items"]}
    assert states[ANN]["events"] == 2 and states[ANN]["to_do"] == 0 and states[ANN]["read_at"] is not None
    assert states[BOB]["events"] == 0 and states[BOB]["trouble"] == ""


def test_a_move_that_is_accepted_is_a_new_version(shown: TestClient, app: FastAPI, dav: Server, hand: DavHand) -> None:
    path = event_at(dav, ANN, "9:00")
    hand.move(ANN, path, moment("14:00"), moment("15:00"))
    read_now(app, shown)
    (asked,) = questions(shown)
    assert (asked["matter"], asked["activity"]) == ("moved", "a")
    assert datetime.fromisoformat(asked["wish"]["start"]) == moment("14:00")
    answer = shown.post(
        f"{BASE}/questions/{asked['id']}/answer", json={"decision": "accept", "reason": "fine"}, headers=version(asked)
    )
    assert answer.status_code == 200 and answer.json()["publication"]["number"] == 2, answer.text
    assert published(shown)["a"] == ("ann", "14:00")
    assert [lock["value"]["start"] for lock in shown.get(f"{BASE}/locks").json()["items"]] == [asked["wish"]["start"]]
    read_now(app, shown)
    assert event_at(dav, ANN, "14:00") == path and questions(shown) == []


def test_a_move_that_breaches_a_rule_is_refused_by_name(
    shown: TestClient, app: FastAPI, dav: Server, hand: DavHand
) -> None:
    hand.move(ANN, event_at(dav, ANN, "9:00"), moment("20:00"), moment("21:00"))
    read_now(app, shown)
    (asked,) = questions(shown)
    url = f"{BASE}/questions/{asked['id']}/answer"
    answer = shown.post(url, json={"decision": "accept"}, headers=version(asked))
    assert answer.status_code == 422 and {v["rule"] for v in answer.json()["violations"]} == {"working-hours"}
    assert published(shown)["a"] == ("ann", "09:00") and len(questions(shown)) == 1, "nothing was changed"
    given = {"decision": "accept", "despite": ["working-hours"]}
    silent = shown.post(url, json=given, headers=version(asked))
    assert silent.status_code == 422 and [fault["path"] for fault in silent.json()["faults"]] == ["reason"]
    despite = shown.post(url, json={**given, "reason": "agreed"}, headers=version(asked))
    assert despite.status_code == 200 and published(shown)["a"] == ("ann", "20:00")


def test_a_lock_is_named_and_gives_way_only_when_a_person_says_so(
    shown: TestClient, app: FastAPI, dav: Server, hand: DavHand
) -> None:
    key = {"activity": "a", "requirement": "technician", "resource": "ann"}
    lock = {**key, "kind": "resource-and-time", "start": at("9:00"), "why": "the customer is at home"}
    assert shown.post(f"{BASE}/locks", json=lock).status_code == 201
    hand.move(ANN, event_at(dav, ANN, "9:00"), moment("14:00"), moment("15:00"))
    read_now(app, shown)
    (asked,) = questions(shown)
    url = f"{BASE}/questions/{asked['id']}/answer"
    refused = shown.post(url, json={"decision": "accept"}, headers=version(asked))
    (rule,) = {violation["rule"] for violation in refused.json()["violations"]}
    assert "locked" in refused.json()["violations"][0]["text"]
    answer = shown.post(
        url, json={"decision": "accept", "despite": [rule], "reason": "she asked for it"}, headers=version(asked)
    )
    assert answer.status_code == 200, answer.text
    (kept,) = shown.get(f"{BASE}/locks").json()["items"]
    assert datetime.fromisoformat(kept["value"]["start"]) == moment("14:00")
    assert published(shown)["a"] == ("ann", "14:00")


def test_a_move_that_is_refused_is_put_back(shown: TestClient, app: FastAPI, dav: Server, hand: DavHand) -> None:
    path = event_at(dav, ANN, "9:00")
    hand.move(ANN, path, moment("14:00"), moment("15:00"))
    read_now(app, shown)
    (asked,) = questions(shown)
    refusal = {"decision": "refuse", "reason": "the customer is at home at nine"}
    assert shown.post(f"{BASE}/questions/{asked['id']}/answer", json=refusal, headers=version(asked)).json() == {
        "publication": None
    }
    read_now(app, shown)
    assert event_at(dav, ANN, "9:00") == path and questions(shown) == []
    assert shown.post(f"{BASE}/questions/{asked['id']}/answer", json=refusal, headers=version(asked)).status_code == 404


@pytest.mark.parametrize("decision", ["accept", "refuse"])
def test_what_was_deleted_is_given_up_or_put_back(
    shown: TestClient, app: FastAPI, dav: Server, hand: DavHand, decision: str
) -> None:
    hand.remove(ANN, event_at(dav, ANN, "9:00"))
    read_now(app, shown)
    (asked,) = questions(shown)
    assert asked["matter"] == "deleted"
    answer = shown.post(f"{BASE}/questions/{asked['id']}/answer", json={"decision": decision}, headers=version(asked))
    assert answer.status_code == 200, answer.text
    read_now(app, shown)
    assert len(listed(dav, ANN)) == (1 if decision == "accept" else 2) and questions(shown) == []
    assert ("a" in published(shown)) == (decision == "refuse")
    assert len(shown.get(f"{BASE}/absences").json()["items"]) == (1 if decision == "accept" else 0)


def test_what_the_policy_grants_is_published_without_anybody(
    office: TestClient, app: FastAPI, dav: Server, hand: DavHand
) -> None:
    record = office.get(f"{BASE}/connections/office")
    value = {**record.json()["value"], "policy": {"moved": "judge"}}
    headers = {"If-Match": record.headers["ETag"]}
    assert office.put(f"{BASE}/connections/office", json={"default": True, "value": value}, headers=headers).is_success
    read_now(app, office)
    hand.move(ANN, event_at(dav, ANN, "9:00"), moment("14:00"), moment("15:00"))
    hand.move(ANN, event_at(dav, ANN, "11:00"), moment("20:00"), moment("21:00"))
    read_now(app, office)
    assert published(office) == {"a": ("ann", "14:00"), "b": ("ann", "11:00")} and questions(office) == []
    read_now(app, office)
    assert event_at(dav, ANN, "11:00") and event_at(dav, ANN, "14:00")
    newest = office.get(f"{BASE}/publications").json()["items"][0]
    assert newest["by"] == f"calendar:{ANN}"


def test_busy_time_becomes_absence(shown: TestClient, app: FastAPI, hand: DavHand) -> None:
    from scheduler.sync.port import Availability

    start = datetime.now(moment("9:00").tzinfo).replace(microsecond=0) + timedelta(days=2)
    path = hand.add(
        BOB, start, start + timedelta(hours=1), subject="dentist", availability=Availability.BUSY, private=False
    )
    read_now(app, shown)
    (absence,) = shown.get(f"{BASE}/absences").json()["items"]
    assert absence["value"]["resource"] == "bob" and "dentist" not in str(absence)
    hand.remove(BOB, path)
    read_now(app, shown)
    assert shown.get(f"{BASE}/absences").json()["items"] == []


def test_many_deletions_are_asked_about(office: TestClient, app: FastAPI, dav: Server) -> None:
    record = office.get(f"{BASE}/connections/office")
    value = {**record.json()["value"], "limits": {"events": 1, "share": 0.1}}
    headers = {"If-Match": record.headers["ETag"]}
    assert office.put(f"{BASE}/connections/office", json={"default": True, "value": value}, headers=headers).is_success
    read_now(app, office)
    dispatcher = Dispatcher(office)
    for activity in ("a", "b"):
        assert dispatcher.take_out(activity).status_code == 200
    assert dispatcher.publish(despite=["mandatory"], why="they can wait").status_code == 200
    read_now(app, office)
    (asked,) = questions(office)
    assert asked["matter"] == "deletions" and "2 of 2" in asked["text"] and len(listed(dav, ANN)) == 2
    assert office.post(
        f"{BASE}/questions/{asked['id']}/answer", json={"decision": "refuse"}, headers=version(asked)
    ).is_success
    read_now(app, office)
    assert questions(office) == [] and len(listed(dav, ANN)) == 2, "it was refused"
    undone = office.post(f"{BASE}/publications/undo", json={"number": 2})
    assert undone.is_success, undone.text
    read_now(app, office)
    assert Dispatcher(office).take_out("a").is_success


def test_many_deletions_go_when_a_person_says_so(office: TestClient, app: FastAPI, dav: Server) -> None:
    record = office.get(f"{BASE}/connections/office")
    value = {**record.json()["value"], "limits": {"events": 1, "share": 0.1}}
    headers = {"If-Match": record.headers["ETag"]}
    assert office.put(f"{BASE}/connections/office", json={"default": True, "value": value}, headers=headers).is_success
    read_now(app, office)
    dispatcher = Dispatcher(office)
    for activity in ("a", "b"):
        dispatcher.take_out(activity)
    dispatcher.publish(despite=["mandatory"], why="they can wait")
    read_now(app, office)
    (asked,) = questions(office)
    assert office.post(
        f"{BASE}/questions/{asked['id']}/answer", json={"decision": "accept"}, headers=version(asked)
    ).is_success
    read_now(app, office)
    assert questions(office) == [] and listed(dav, ANN) == []


def test_a_dry_run_says_what_would_be_and_does_nothing(shown: TestClient, dav: Server) -> None:
    dispatcher = Dispatcher(shown)
    dispatcher.place(placed("a", "ann", "14:00"), placed("c", "bob", "9:00"))
    dispatcher.take_out("b")
    said = shown.post(f"{BASE}/mailboxes/rehearsal", json={"plan": dispatcher.id}).json()
    acts = sorted(line.split()[0] for line in said["changes"])
    assert acts == ["create", "delete", "update"], said
    assert any("14:00" in line for line in said["changes"]) and said["stops"] == "" and said["unread"] == []
    assert len(listed(dav, ANN)) == 2 and published(shown)["a"] == ("ann", "09:00")
    assert shown.post(f"{BASE}/mailboxes/rehearsal", json={}).json()["changes"] == []
