"""The database refuses double bookings, whatever code writes: here, plain SQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text, update
from sqlalchemy.exc import IntegrityError

from service.database import EVERY_TENANT, Database
from service.tables import BookingRow, TenantRow

EIGHT = datetime(2026, 3, 23, 8, tzinfo=UTC)


@pytest.fixture
def raw(database_url: str) -> Iterator[Connection]:
    database = Database(database_url)
    database.migrate()
    with database.writing(EVERY_TENANT) as session:
        connection = session.connection()
        for tenant in ("main", "other"):
            connection.execute(insert(TenantRow).values(id=tenant, name=tenant, created_at=EIGHT))
        yield connection
    database.close()


def book(raw: Connection, activity: str, hour: float = 0, **given: Any) -> None:
    start = EIGHT + timedelta(hours=hour)
    row = {
        "tenant": "main",
        "activity": activity,
        "requirement": "technician",
        "ordinal": 0,
        "resource": "olena",
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "busy_from": start,
        "busy_until": start + timedelta(hours=1),
        "exclusive": True,
        "waived": False,
        "status": "published",
        "publication": 1,
        "etag": "1",
        "changed_at": EIGHT,
        "changed_by": "test",
        **given,
    }
    with raw.begin_nested():
        raw.execute(insert(BookingRow).values(**row))


def test_two_bookings_at_once_are_refused(raw: Connection) -> None:
    book(raw, "a")
    with pytest.raises(IntegrityError, match=r"double.booking"):
        book(raw, "b", 0.5)


def test_one_that_is_moved_onto_another_is_refused(raw: Connection) -> None:
    book(raw, "a")
    book(raw, "b", 1)
    back = update(BookingRow).where(BookingRow.activity == "b").values(busy_from=EIGHT)
    with pytest.raises(IntegrityError, match=r"double.booking"), raw.begin_nested():
        raw.execute(back)
    raw.execute(text("update bookings set status = 'accepted' where activity = 'b'"))


def test_setup_and_teardown_count(raw: Connection) -> None:
    book(raw, "a", busy_until=EIGHT + timedelta(hours=1.25))
    with pytest.raises(IntegrityError, match=r"double.booking"):
        book(raw, "b", 1)


def test_back_to_back_is_none(raw: Connection) -> None:
    book(raw, "a")
    book(raw, "b", 1)


@pytest.mark.parametrize(
    "other",
    [
        {"waived": True},
        {"exclusive": False},
        {"resource": "petro"},
        {"tenant": "other"},
        {"busy_from": EIGHT, "busy_until": EIGHT},
    ],
    ids=["waived", "a room for several", "somebody else", "another tenant", "no time at all"],
)
def test_these_overlaps_are_none(raw: Connection, other: dict[str, Any]) -> None:
    book(raw, "a")
    book(raw, "b", **other)


def test_a_waiver_does_not_open_the_door_for_others(raw: Connection) -> None:
    book(raw, "a")
    book(raw, "b", waived=True)
    with pytest.raises(IntegrityError, match=r"double.booking"):
        book(raw, "c")
