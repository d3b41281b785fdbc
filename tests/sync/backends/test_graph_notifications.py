"""Graph calls: validated, believed only with our state, and no more than a wake-up."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduler.sync.backends.graph import Graph, Subscriptions
from scheduler.sync.backends.graph.notifications import LASTS
from scheduler.sync.errors import Refused
from tests.sync.backends.contract import START, WINDOW, an_event, listing
from tests.sync.backends.graph_double.fixtures import WithGraph
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.hand import GraphHand
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.backends.people import OLENA, TARAS

NOW = datetime(2027, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
EVERYBODY = (OLENA, TARAS)
URL = "https://plan.example.com/graph"


class TestNotifications(WithGraph):
    @pytest.fixture
    def subscriptions(self, backend: Graph, double: Double) -> Subscriptions:
        made = Subscriptions(backend.client, URL, b"secret")

        def call(query: dict[str, str], body: bytes) -> tuple[int, str]:
            heard = made.heard(query, body, EVERYBODY)
            return heard.status, heard.text

        double.call, double.now = call, lambda: NOW
        return made

    def test_they_are_made_once_and_renewed_in_time(
        self, subscriptions: Subscriptions, double: Double, server: GraphServer
    ) -> None:
        subscriptions.keep(EVERYBODY, NOW)
        assert {s["resource"] for s in double.subscriptions.values()} == {
            f"/users/{OLENA}/events",
            f"/users/{TARAS}/events",
        }
        assert all(
            datetime.fromisoformat(s["expirationDateTime"]) == NOW + LASTS for s in double.subscriptions.values()
        )
        del server.log[:]
        for days in (0, 1, 3):
            double.now = lambda days=days: NOW + days * DAY  # type: ignore[misc]
            subscriptions.keep(EVERYBODY, NOW + days * DAY)
        assert [method for method, *_ in server.log] == ["GET"] * 3
        double.now = lambda: NOW + 5 * DAY
        subscriptions.keep(EVERYBODY, NOW + 5 * DAY)
        assert [method for method, *_ in server.log[3:]] == ["GET", "PATCH", "PATCH"]
        subscriptions.drop([TARAS])
        assert [s["resource"] for s in double.subscriptions.values()] == [f"/users/{OLENA}/events"]

    def test_an_address_that_does_not_answer_gets_none(self, subscriptions: Subscriptions, double: Double) -> None:
        double.call = lambda query, body: (404, "")
        with pytest.raises(Refused, match="validation"):
            subscriptions.keep([OLENA], NOW)

    def test_the_state_is_checked(self, subscriptions: Subscriptions) -> None:
        for state in ("", "guess", subscriptions.state("eve@example.com"), None, 7):
            heard = subscriptions.heard({}, call(clientState=state), EVERYBODY)
            assert (heard.status, heard.wake, heard.renew) == (202, (), ())
        other = Subscriptions(subscriptions._client, URL, b"another secret")
        assert other.state(OLENA) != subscriptions.state(OLENA) and len(other.state(OLENA)) <= 128

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"value": 7}', b'{"value": [7, null]}', b"\xff"])
    def test_nonsense_is_answered_and_not_heard(self, subscriptions: Subscriptions, body: bytes) -> None:
        heard = subscriptions.heard({}, body, EVERYBODY)
        assert (heard.status, heard.wake) == (202, ())

    def test_calls_in_any_order_and_number_are_one_wake_up(
        self, subscriptions: Subscriptions, backend: Graph, hand: GraphHand
    ) -> None:
        """The truth is read by `changes`: a call about what is long over, or never was, changes nothing."""
        created = backend.create(OLENA, an_event())
        token = listing(backend, OLENA).token
        state = subscriptions.state(OLENA)
        calls = [{"clientState": state, "changeType": kind} for kind in ("deleted", "created", "created", "updated")]
        heard = subscriptions.heard({}, json.dumps({"value": calls}).encode(), EVERYBODY)
        assert heard.wake == (OLENA,)
        assert backend.changes(OLENA, token, WINDOW).gone == ()
        assert backend.get(OLENA, created.remote_id).start == START

    def test_lifecycle_events_renew_and_wake(self, subscriptions: Subscriptions, double: Double) -> None:
        subscriptions.keep(EVERYBODY, NOW)
        state = subscriptions.state(OLENA)
        missed = subscriptions.heard({}, call(clientState=state, lifecycleEvent="missed"), EVERYBODY)
        assert (missed.wake, missed.renew) == ((OLENA,), ())
        for event in ("reauthorizationRequired", "subscriptionRemoved"):
            heard = subscriptions.heard({}, call(clientState=state, lifecycleEvent=event), EVERYBODY)
            assert heard.wake == heard.renew == (OLENA,)
        double.now = lambda: NOW + DAY
        subscriptions.keep([OLENA], NOW + DAY, within=LASTS)
        ends = {s["resource"]: datetime.fromisoformat(s["expirationDateTime"]) for s in double.subscriptions.values()}
        assert ends[f"/users/{OLENA}/events"] == NOW + DAY + LASTS
        double.subscriptions.clear()
        subscriptions.keep([OLENA], NOW + DAY, within=LASTS)
        assert len(double.subscriptions) == 1


def call(**said: Any) -> bytes:
    return json.dumps({"value": [{"subscriptionId": "s-1", **said}]}).encode()
