"""Exchange, Microsoft 365 and invitations by mail through the service: what is published there, and what comes back."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scheduler.domain.interval import Interval
from scheduler.sync.port import Response
from tests.service.calendars import places
from tests.service.calendars.conftest import read_now
from tests.service.calendars.places import ANN, BOB, HALL, MEETING, PLANNER, Mail, Place
from tests.service.conftest import BASE, version
from tests.service.office import WEEK, Dispatcher, at, open_office, placed, published, replanned
from tests.sync.backends.dav.servers import skip_without_cyrus
from tests.sync.backends.mail.post import vevent
from tests.sync.backends.mail.reply import reply

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
OPENING = {"weekly": {str(day): [{"start": "08:00", "end": "17:00"}] for day in range(5)}}
ROLES = [{"id": "technician"}, {"id": "room", "kind": "room"}]
Open = Callable[..., TestClient]


def moment(clock: str, day: int = 0) -> datetime:
    return datetime.fromisoformat(at(clock, day))


@pytest.fixture(params=["exchange", "graph"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
    with getattr(places, request.param)(tmp_path) as opened:
        yield opened


@pytest.fixture
def company(client: TestClient) -> TestClient:
    """Ann's activities a and b, the latter in the hall, published for Monday; nobody is connected."""
    open_office(client)
    for id, address in (("ann", ANN), ("bob", BOB)):
        etag = client.get(f"{BASE}/technicians/{id}").headers["ETag"]
        changed = client.patch(f"{BASE}/technicians/{id}", json={"email": address}, headers={"If-Match": etag})
        assert changed.is_success, changed.text
    hall = {"id": "hall", "mailbox": HALL, "place": "here", "opening": OPENING, "capacity": 1}
    assert client.post(f"{BASE}/rooms", json=hall).status_code == 201
    etag = client.get(f"{BASE}/activities/b").headers["ETag"]
    asked = client.patch(f"{BASE}/activities/b", json={"requirements": ROLES}, headers={"If-Match": etag})
    assert asked.is_success, asked.text
    dispatcher = Dispatcher(client)
    room = {**placed("b", "hall", "11:00"), "requirement": "room"}
    assert dispatcher.place(placed("a", "ann", "9:00"), placed("b", "ann", "11:00"), room).is_success
    assert dispatcher.publish(why="the week").is_success
    return client


@pytest.fixture
def shown(app: FastAPI, company: TestClient) -> Open:
    """Connect the company, and go round until its calendars show what is published."""

    def connect(value: dict[str, Any], **more: Any) -> TestClient:
        given = {"default": True, "value": {**value, "policy": {"moved": "ask"}, **more}}
        made = company.put(f"{BASE}/connections/office", json=given)
        assert made.status_code == 201, made.text
        read_now(app, company)
        return company

    return connect


def the_question(client: TestClient) -> dict[str, Any]:
    (found,) = client.get(f"{BASE}/questions").json()["items"]
    return dict(found)


def answered(client: TestClient, asked: dict[str, Any], **given: Any) -> None:
    said = client.post(
        f"{BASE}/questions/{asked['id']}/answer", json={"decision": "accept", **given}, headers=version(asked)
    )
    assert said.is_success, said.text


def booked(client: TestClient, activity: str) -> set[str]:
    values = [item["value"] for item in client.get(f"{BASE}/bookings").json()["items"]]
    return {value["resource"] for value in values if value["activity"] == activity}


def id_at(place: Place, mailbox: str, clock: str) -> str:
    (found,) = (id for id, start in place.events(mailbox).items() if start == moment(clock))
    return found


def test_what_is_published_stands_there_and_a_move_comes_back(shown: Open, app: FastAPI, place: Place) -> None:
    client = shown(place.value)
    tried = client.post(f"{BASE}/connections/office/test", json={}).json()["mailboxes"]
    assert [(one["mailbox"], one["works"]) for one in tried] == [(ANN, True), (BOB, True), (HALL, True)], tried
    assert sorted(place.events(ANN).values()) == [moment("9:00"), moment("11:00")]
    assert list(place.events(HALL).values()) == [moment("11:00")] and place.events(BOB) == {}
    id = id_at(place, ANN, "9:00")
    place.hand.move(ANN, id, moment("14:00"), moment("15:00"))
    read_now(app, client)
    asked = the_question(client)
    assert (asked["matter"], asked["activity"], asked["mailbox"]) == ("moved", "a", ANN)
    answered(client, asked)
    read_now(app, client)
    assert published(client)["a"] == ("ann", "14:00")
    assert id_at(place, ANN, "14:00") == id, "the same event"


def test_nothing_is_written_that_stands_there(shown: Open, app: FastAPI, place: Place) -> None:
    client = shown(place.value)
    before = place.writes()
    read_now(app, client)
    assert place.writes() == before > 0


def test_what_was_deleted_is_given_up(shown: Open, app: FastAPI, place: Place) -> None:
    client = shown(place.value)
    place.hand.remove(ANN, id_at(place, ANN, "9:00"))
    read_now(app, client)
    asked = the_question(client)
    assert (asked["matter"], asked["activity"]) == ("deleted", "a")
    answered(client, asked)
    read_now(app, client)
    assert "a" not in published(client) and list(place.events(ANN).values()) == [moment("11:00")]


# Meetings: one event an activity in the organiser's mailbox; technicians are attendees, rooms are resources.


def test_a_meeting_invites_the_technician_and_books_the_room(shown: Open, app: FastAPI, place: Place) -> None:
    client = shown(place.value, **MEETING)
    tried = client.post(f"{BASE}/connections/office/test", json={}).json()["mailboxes"]
    assert [(one["mailbox"], one["works"]) for one in tried] == [(PLANNER, True)], tried
    assert sorted(place.events(PLANNER).values()) == [moment("9:00"), moment("11:00")]
    assert place.invited(id_at(place, PLANNER, "11:00")) == {ANN: False, HALL: True}
    assert place.invited(id_at(place, PLANNER, "9:00")) == {ANN: False}


@pytest.mark.parametrize("decision", ["accept", "refuse"])
def test_who_declines_a_meeting_is_asked_about(shown: Open, app: FastAPI, place: Place, decision: str) -> None:
    client = shown(place.value, **MEETING)
    place.hand.answer(PLANNER, id_at(place, PLANNER, "11:00"), ANN, Response.DECLINED)
    read_now(app, client)
    asked = the_question(client)
    assert (asked["matter"], asked["activity"], asked["who"]) == ("declined", "b", ANN)
    answered(client, asked, decision=decision, reason="so be it")
    read_now(app, client)
    stays = decision == "refuse"
    assert booked(client, "b") == ({"ann", "hall"} if stays else {"hall"})
    assert place.invited(id_at(place, PLANNER, "11:00")) == ({ANN: False, HALL: True} if stays else {HALL: True})
    away = [item["value"] for item in client.get(f"{BASE}/absences").json()["items"]]
    assert [one["resource"] for one in away] == ([] if stays else ["ann"])
    if not stays:
        again = {b["resource"]: b for b in replanned(app, client, WEEK) if b["activity"] == "b"}
        hours = abs(datetime.fromisoformat(again["ann"]["start"]) - moment("11:00")) if "ann" in again else HOUR
        assert len(again) == 2 and hours >= HOUR, "the activity is filled again, and not by who declined it then"


def test_another_time_that_an_attendee_asks_for(shown: Open, app: FastAPI, place: Place) -> None:
    client = shown(place.value, **MEETING)
    wish = Interval(start=moment("14:00"), end=moment("15:00"))
    id = id_at(place, PLANNER, "11:00")
    place.hand.answer(PLANNER, id, ANN, Response.TENTATIVE, wish)
    read_now(app, client)
    asked = the_question(client)
    assert (asked["matter"], datetime.fromisoformat(asked["wish"]["start"])) == ("moved", moment("14:00"))
    answered(client, asked)
    read_now(app, client)
    assert published(client)["b"] == ("ann", "14:00") and id_at(place, PLANNER, "14:00") == id


def test_a_room_that_declines_is_lost(shown: Open, app: FastAPI, place: Place) -> None:
    client = shown(place.value, **MEETING)
    place.hand.answer(PLANNER, id_at(place, PLANNER, "11:00"), HALL, Response.DECLINED)
    read_now(app, client)
    assert booked(client, "b") == {"ann"}
    assert client.get(f"{BASE}/publications").json()["items"][0]["by"].startswith("calendar:")


# Invitations by mail


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mail]:
    skip_without_cyrus()
    with places.mail() as opened:
        monkeypatch.setenv("SSL_CERT_FILE", opened.authority)
        yield opened


def test_an_invitation_by_mail_and_its_answer(shown: Open, app: FastAPI, post: Mail) -> None:
    client = shown(post.value, **MEETING)
    invited = {str(vevent(mail)["DTSTART"].dt): mail for mail in post.mails if mail["To"] == ANN}
    assert sorted(map(datetime.fromisoformat, invited)) == [moment("9:00"), moment("11:00")]
    first = vevent(next(mail for start, mail in invited.items() if datetime.fromisoformat(start) == moment("9:00")))
    sent = len(post.mails)
    post.answer(reply(uid=str(first["UID"]), sender=ANN, attendee=ANN, response="DECLINED"))
    read_now(app, client)
    asked = the_question(client)
    assert (asked["matter"], asked["activity"], asked["who"]) == ("declined", "a", ANN)
    answered(client, asked)
    read_now(app, client)
    assert "a" not in published(client)
    cancelled = [str(vevent(mail)["STATUS"]) for mail in post.mails[sent:] if mail["To"] == ANN]
    assert cancelled == ["CANCELLED"]
