"""Feeds: whoever knows the address reads what is in force, until it is revoked."""

import logging
from typing import Any
from urllib.parse import urlsplit

import icalendar
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from tests.service.conftest import BASE, signed_in, version
from tests.service.office import Dispatcher, open_office, placed


@pytest.fixture
def planned(client: TestClient) -> TestClient:
    open_office(client)
    dispatcher = Dispatcher(client)
    dispatcher.place(placed("a", "ann", "9:00"), placed("b", "bob", "11:00"))
    assert dispatcher.publish().is_success
    return client


def issued(client: TestClient, *resources: str) -> dict[str, Any]:
    made = client.post(f"{BASE}/feeds", json={"name": "Monday", "resources": resources})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def read(client: TestClient, address: str, **headers: str) -> Any:
    return client.get(urlsplit(address).path, headers={"Authorization": "", **headers})


def events(answer: Any) -> dict[str, icalendar.Event]:
    return {str(event["SUMMARY"]): event for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_feed_shows_what_is_in_force(planned: TestClient, anybody: TestClient) -> None:
    ann, both = issued(planned, "ann"), issued(planned, "ann", "bob")
    assert ann["address"].startswith("https://plan.example.com/")
    answer = read(anybody, ann["address"])
    assert answer.headers["content-type"].startswith("text/calendar") and set(events(answer)) == {"a"}
    assert set(events(read(anybody, both["address"]))) == {"ann: a", "bob: b"}
    same = read(anybody, ann["address"], **{"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304 and same.content == b"" and same.headers["ETag"] == answer.headers["ETag"]


def test_a_move_is_the_same_event_with_a_higher_sequence(planned: TestClient, anybody: TestClient) -> None:
    address = issued(planned, "ann")["address"]
    before = read(anybody, address)
    dispatcher = Dispatcher(planned)
    dispatcher.place(placed("a", "ann", "14:00"))
    assert dispatcher.publish().is_success
    after = read(anybody, address, **{"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    old, new = events(before)["a"], events(after)["a"]
    assert old["UID"] == new["UID"] and new["SEQUENCE"] > old["SEQUENCE"]
    assert (old["DTSTART"].dt.hour, new["DTSTART"].dt.hour) == (9, 14)


def test_a_revoked_address_opens_nothing(planned: TestClient, anybody: TestClient, app: FastAPI) -> None:
    feed = issued(planned, "ann")
    renewed = planned.post(f"{BASE}/feeds/{feed['id']}/renew", headers=version(feed)).json()
    assert read(anybody, feed["address"]).status_code == 404 and read(anybody, renewed["address"]).status_code == 200
    assert planned.delete(f"{BASE}/feeds/{feed['id']}", headers=version(renewed)).status_code == 204
    assert read(anybody, renewed["address"]).status_code == 404
    (listed,) = planned.get(f"{BASE}/feeds").json()["items"]
    assert listed["revoked_at"] is not None and "address" not in listed
    token = urlsplit(renewed["address"]).path.rsplit("/", 1)[1].removesuffix(".ics")
    with app.state.house.database.reading("main") as session:
        assert token not in str(session.execute(text("select * from feeds")).all())


def test_an_address_stands_in_no_log(
    planned: TestClient, anybody: TestClient, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpx")  # the reader's own
    address = issued(planned, "ann")["address"]
    read(anybody, address)
    said = caplog.text + "".join(capfd.readouterr())
    assert "/api/v1/feeds/{token}.ics" in said and address.rsplit("/", 1)[1].removesuffix(".ics") not in said


def test_feeds_are_of_known_people_of_ones_own(planned: TestClient, app: FastAPI) -> None:
    answer = planned.post(f"{BASE}/feeds", json={"name": "x", "resources": ["ann", "nobody"]})
    assert answer.status_code == 422 and answer.json()["faults"][0]["path"] == "resources[1]"
    feed = issued(planned, "ann")
    stranger = signed_in(app, tenant="other")
    assert stranger.delete(f"{BASE}/feeds/{feed['id']}").status_code == 404
    assert stranger.get(f"{BASE}/feeds").json()["items"] == []
