"""The double, worked by Microsoft's own client for JavaScript: it is no mirror of our habits."""

import json
from pathlib import Path

import pytest

from scheduler.sync.backends.graph import Graph
from tests.sync import node
from tests.sync.backends.contract import HOUR, START, an_event
from tests.sync.backends.graph_double.answer import Answer
from tests.sync.backends.graph_double.fixtures import WithGraph
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.hand import GraphHand
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.backends.people import HALL, OLENA

SECOND = Path(__file__).parent / "graph_double" / "second"
OFFICE = "office@example.com"
BUSY = Answer(429, {"error": {"code": "ApplicationThrottled", "message": "-"}}, {"Retry-After": "1"})


class TestSecondClient(WithGraph):
    @pytest.mark.slow
    def test_both_clients_agree(self, backend: Graph, double: Double, hand: GraphHand, server: GraphServer) -> None:
        double.add_mailbox(OFFICE)
        event = an_event(categories=("repair",), html="<p>Ring &amp; wait.</p>")
        created = backend.create(OLENA, event)
        hand.add_series(OLENA, START, START + HOUR, days=3)
        refusals = [BUSY]
        server.fail = lambda method, path: refusals.pop() if refusals else None
        said = json.loads(node.run(SECOND, "client.js", server.url, server.token, OLENA, OFFICE))

        (ours,) = said["ours"]
        assert (ours["id"], ours["@odata.etag"]) == (created.remote_id, created.version)
        values = {one["id"].rpartition(" ")[2]: one["value"] for one in ours["singleValueExtendedProperties"]}
        assert values == {"uid": event.uid, "stamp": event.stamp} and ours["transactionId"]
        assert (ours["subject"], ours["location"]["displayName"]) == (event.summary, event.location)
        assert (ours["start"]["dateTime"][:19], ours["start"]["timeZone"]) == ("2027-03-15T09:00:00", "UTC")
        assert "Ring & wait." in ours["body"]["content"] and ours["showAs"] == "busy"

        (meeting,) = backend.find(OFFICE, "theirs@fieldplan")
        assert meeting.event is not None and meeting.event.attendees == (OLENA,) and meeting.original
        assert meeting.event.summary == "First" and meeting.start.hour == 8

        assert said["waits"] == ["1"], "Microsoft's client finds Retry-After where we do"
        assert said["conflict"] == ["none", "412 ErrorIrresolvableConflict"]
        assert said["again"] == "409 ErrorDuplicateTransactionId"
        assert said["listed"] == ["occurrence"] * 3 + ["seriesMaster", "singleInstance"]
        assert (said["lost"], said["missing"]) == ("410 syncStateNotFound", "404 ErrorItemNotFound")
        assert said["denied"] == "404 ErrorInvalidUser" and said["together"] == [200, 404]
        assert said["rooms"] == [HALL] and said["busy"] == [2]
