"""A technician's own bookings. Those of others are not there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from scheduler.domain.activity import Activity
from scheduler.domain.plan import BookingKey
from scheduler.domain.travel import Place
from service.http.problems import Forbidden, Missing
from service.tables import ActivityRow, BookingRow, PlaceRow
from service.work import Work


def self_of(work: Work) -> str:
    """Which technician calls."""
    if work.caller.resource is None:
        raise Forbidden("this account names no technician; an admin can do so in its `resource`")
    return work.caller.resource


def own_bookings(work: Work) -> Select[Any]:
    return select(BookingRow).where(BookingRow.tenant == work.tenant, BookingRow.resource == self_of(work))


def find_own(work: Work, key: BookingKey) -> BookingRow:
    named = {"tenant": work.tenant, "activity": key.activity, "requirement": key.requirement, "ordinal": key.ordinal}
    row = work.session.get(BookingRow, named)
    if row is None or row.resource != self_of(work):
        raise Missing("you have no such booking; look at your bookings again")
    return row


def activities_of(work: Work, rows: Sequence[BookingRow]) -> dict[str, Activity]:
    ids = {row.activity for row in rows}
    asked = select(ActivityRow.id, ActivityRow.value).where(ActivityRow.tenant == work.tenant, ActivityRow.id.in_(ids))
    return {id: Activity.model_validate(value) for id, value in work.session.execute(asked)}


def places_of(work: Work, activities: dict[str, Activity]) -> dict[str, Place]:
    ids = {activity.place for activity in activities.values() if activity.place is not None}
    asked = select(PlaceRow.id, PlaceRow.value).where(PlaceRow.tenant == work.tenant, PlaceRow.id.in_(ids))
    return {id: Place.model_validate(value) for id, value in work.session.execute(asked)}
