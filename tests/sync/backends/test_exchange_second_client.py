"""The double, worked by ews-javascript-api: it is no mirror of exchangelib's habits, and others read what we write."""

import json
from pathlib import Path

import pytest

from scheduler.sync.backends.exchange import Exchange
from tests.sync import node
from tests.sync.backends.contract import HOUR, START, an_event, listing
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.fixtures import WithExchange
from tests.sync.backends.ews.hand import EwsHand
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.people import HALL, OLENA

SECOND = Path(__file__).parent / "ews" / "second"
OFFICE, ROOMS = "office@example.com", "rooms@example.com"


class TestSecondClient(WithExchange):
    @pytest.mark.slow
    def test_both_clients_agree(self, backend: Exchange, double: Double, hand: EwsHand, server: EwsServer) -> None:
        double.add_mailbox(OFFICE)
        double.room_lists = {ROOMS: [HALL]}
        event = an_event(categories=("repair",), html="<p>Ring &amp; wait.</p>")
        created = backend.create(OLENA, event)
        hand.add_series(OLENA, START, START + HOUR, days=3)
        said = json.loads(node.run(SECOND, "client.js", server.url, "robot", "secret", OLENA, OFFICE, ROOMS))

        (ours,) = said["ours"]
        assert (ours["id"], ours["version"]) == (created.remote_id, created.version)
        assert (ours["uid"], ours["stamp"], ours["ical"]) == (event.uid, event.stamp, event.uid)
        assert (ours["subject"], ours["location"]) == (event.summary, event.location)
        assert (ours["start"], ours["end"]) == ("2027-03-15T09:00:00.000Z", "2027-03-15T10:00:00.000Z")
        assert "Ring & wait." in ours["body"] and (ours["categories"], ours["status"]) == (["repair"], "Busy")

        (meeting,) = backend.find(OFFICE, "theirs@fieldplan")
        assert meeting.event is not None and meeting.event.attendees == (OLENA,)
        assert meeting.event.summary == "First" and meeting.start.hour == 8
        assert said["meeting"]["people"] == [OLENA]

        assert said["conflict"] == ["NoError", "ErrorIrresolvableConflict"]
        assert sorted(said["series"]) == ["Occurrence"] * 3 + ["Single"] * 2
        assert said["synced"] == ["Create"] * 3 and len(listing(backend, OLENA).events) == 5
        assert (said["lost"], said["missing"]) == ("ErrorInvalidSyncStateData", "ErrorInvalidIdMalformed")
        assert "no mailbox" in said["denied"] and said["rooms"] == [HALL]
