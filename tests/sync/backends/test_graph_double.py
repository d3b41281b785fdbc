"""The double refuses what Graph refuses, and complains of what only looks right."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sync.backends.graph_double.contract import Breach, check_response
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.backends.people import OLENA

PREFER = 'IdType="ImmutableId", outlook.timezone="UTC"'
NINE = {"dateTime": "2027-03-15T09:00:00", "timeZone": "UTC"}
TEN = {"dateTime": "2027-03-15T10:00:00", "timeZone": "UTC"}
EVENTS = f"/users/{OLENA}/calendar/events"


@pytest.fixture
def server() -> Iterator[GraphServer]:
    double = Double()
    double.add_mailbox(OLENA)
    server = GraphServer(double)
    yield server
    server.close()


def ask(server: GraphServer, method: str, path: str, body: Any = None, prefer: str = PREFER) -> httpx.Response:
    headers = {"Authorization": f"Bearer {server.token}", "Prefer": prefer}
    return httpx.request(method, server.url + path, json=body, headers=headers)


def test_a_good_request_is_taken_without_complaint(server: GraphServer) -> None:
    answer = ask(server, "POST", EVENTS, {"start": NINE, "end": TEN})
    assert answer.status_code == 201 and server.complaints == []


@pytest.mark.parametrize(
    "body",
    [
        {"start": NINE, "end": TEN, "colour": "red"},
        {"start": NINE, "end": TEN, "subject": 7},
        {"start": NINE, "end": TEN, "showAs": "away"},
        {"start": NINE, "end": TEN, "attendees": [{"type": "room", "emailAddress": {"address": "a@example.com"}}]},
        {"start": NINE, "end": TEN, "location": {"name": "Kyiv"}},
        {"start": NINE, "end": TEN, "iCalUId": "mine"},
        {"start": NINE, "end": TEN, "changeKey": "mine"},
        {"start": NINE, "end": TEN, "subject": "x" * 256},
        {"start": NINE, "end": TEN, "singleValueExtendedProperties": [{"id": "uid", "value": "1"}]},
        {"start": TEN, "end": NINE},
        {"start": {**NINE, "timeZone": "Middle-earth"}, "end": TEN},
        {"start": {"dateTime": "2027-03-15T09:00:00"}, "end": TEN},
        {"start": {**NINE, "dateTime": "2027-03-15T09:00:00+02:00"}, "end": TEN},
        {"subject": "no times"},
    ],
)
def test_what_graph_would_not_take_is_refused(server: GraphServer, body: dict[str, Any]) -> None:
    answer = ask(server, "POST", EVENTS, body)
    assert answer.status_code == 400 and answer.json()["error"]["code"]
    assert server.double.mailboxes[OLENA].items == {}


def test_a_windows_zone_is_taken(server: GraphServer) -> None:
    there = {"dateTime": "2027-03-15T10:00:00", "timeZone": "W. Europe Standard Time"}
    answer = ask(server, "POST", EVENTS, {"start": there, "end": there})
    assert answer.json()["start"]["dateTime"].startswith("2027-03-15T09:00")


@pytest.mark.parametrize(
    "path", ["/me/events", f"{EVENTS}?$filter=subject eq 'x'", f"{EVENTS}?colour=red", f"/users/{OLENA}/mailFolders"]
)
def test_unknown_paths_and_queries_are_refused(server: GraphServer, path: str) -> None:
    assert ask(server, "GET", path).status_code == 400


def test_a_delta_takes_no_selection(server: GraphServer) -> None:
    window = "startDateTime=2027-03-01T00:00:00Z&endDateTime=2027-04-01T00:00:00Z"
    path = f"/users/{OLENA}/calendarView/delta?{window}"
    assert ask(server, "GET", path).status_code == 200
    assert ask(server, "GET", f"{path}&$select=id").status_code == 400


@pytest.mark.parametrize("missing", ['outlook.timezone="UTC"', 'IdType="ImmutableId"'])
def test_a_missing_preference_is_complained_of(server: GraphServer, missing: str) -> None:
    ask(server, "POST", EVENTS, {"start": NINE, "end": TEN}, prefer=PREFER.replace(missing, "").strip(", "))
    assert missing in server.complaints[0]


def test_a_change_without_if_match_is_complained_of(server: GraphServer) -> None:
    made = ask(server, "POST", EVENTS, {"start": NINE, "end": TEN, "transactionId": "1"}).json()
    id = made["id"].replace("/", "%2F").replace("=", "%3D")
    assert ask(server, "PATCH", f"/users/{OLENA}/events/{id}", {"subject": "x"}).status_code == 200
    assert "If-Match" in server.complaints[0]
    assert ask(server, "PATCH", f"/users/{OLENA}/events/{id}", {"transactionId": "2"}).status_code == 400
    again = ask(server, "POST", EVENTS, {"start": NINE, "end": TEN, "transactionId": "1"})
    assert again.status_code == 409


def test_its_own_answers_are_held_to_the_contract() -> None:
    check_response("get event", {"id": "1", "@odata.etag": "2"})
    with pytest.raises(Breach, match="colour"):
        check_response("get event", {"id": "1", "colour": "red"})
