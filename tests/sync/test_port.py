"""The port's values refuse what no calendar could mean."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from scheduler.sync.errors import SyncError, Throttled
from scheduler.sync.event import Event
from scheduler.sync.port import RemoteEvent

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
OURS = Event(uid="u", start=NOON, end=NOON + timedelta(hours=1))


def remote(**more: object) -> RemoteEvent:
    return RemoteEvent(remote_id="r", version="1", start=OURS.start, end=OURS.end, **more)  # type: ignore[arg-type]


def test_content_is_read_of_our_own_events_alone() -> None:
    assert remote(uid="u", event=OURS).event == OURS
    for odd in ({"uid": "u"}, {"event": OURS}):
        with pytest.raises(ValidationError, match="go together"):
            remote(**odd)


def test_an_event_stands_at_one_time() -> None:
    moved = OURS.model_copy(update={"start": NOON - timedelta(hours=1)})
    with pytest.raises(ValidationError, match="other times"):
        remote(uid="u", event=moved)


def test_every_answer_of_a_calendar_is_one_kind_of_error() -> None:
    error = Throttled("slow down", timedelta(seconds=30))
    assert isinstance(error, SyncError) and error.retry_after == timedelta(seconds=30)
