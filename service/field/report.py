"""Reports: what a technician tells of a booking, and what becomes of booking and activity by it."""

from datetime import timedelta
from enum import StrEnum
from secrets import token_hex
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from sqlalchemy import select

from scheduler.domain.activity import Activity, ActivityStatus
from scheduler.domain.base import Id, Instant, Value
from scheduler.domain.errors import Fault
from scheduler.domain.plan import BookingKey, BookingStatus
from service.documents import store
from service.documents.kinds.activity import ACTIVITIES
from service.field.declining import give_time_off, take_back
from service.field.own import find_own, self_of
from service.http.etag import require
from service.http.problems import Conflict, invalid
from service.planning.given import as_booking
from service.tables import BookingRow, ReportRow, TechnicianRow
from service.work import Work

CLOCKS_DIFFER = timedelta(minutes=5)
DAY = timedelta(days=1) // timedelta(minutes=1)


class ReportKind(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TRAVELLING = "travelling"
    IN_PROGRESS = "in-progress"
    LATE = "late"
    COMPLETED = "completed"


AHEAD = (BookingStatus.PUBLISHED, BookingStatus.ACCEPTED)
FROM: dict[ReportKind, tuple[BookingStatus, ...]] = {
    ReportKind.ACCEPTED: (BookingStatus.PUBLISHED, BookingStatus.DECLINED),
    ReportKind.DECLINED: (*AHEAD, BookingStatus.TRAVELLING),
    ReportKind.TRAVELLING: AHEAD,
    ReportKind.IN_PROGRESS: (*AHEAD, BookingStatus.TRAVELLING),
    ReportKind.LATE: (*AHEAD, BookingStatus.TRAVELLING, BookingStatus.IN_PROGRESS),
    ReportKind.COMPLETED: (BookingStatus.IN_PROGRESS,),
}
"""The statuses in which a booking can take each report."""


class Report(Value):
    """What happened with a booking.

    Attributes
    ----------
    at
        When it happened; now, when not given. A telephone without network tells later.
    late_by
        Minutes that the end will come later than planned; for `late` alone.
    note
        For the dispatcher. Who declines says why.
    """

    activity: Id
    requirement: Id
    ordinal: int = Field(default=0, ge=0, le=50)
    kind: ReportKind
    at: Instant | None = None
    late_by: Annotated[int | None, Field(ge=1, le=DAY, validate_default=True)] = None
    note: Annotated[str, Field(max_length=2000, validate_default=True)] = ""

    @field_validator("late_by")
    @classmethod
    def _of_its_kind(cls, late_by: int | None, info: ValidationInfo) -> int | None:
        if "kind" in info.data and (info.data["kind"] is ReportKind.LATE) is (late_by is None):
            raise ValueError("belongs to kind 'late', and is needed there; correct one of the two")
        return late_by

    @field_validator("note")
    @classmethod
    def _with_reason(cls, note: str, info: ValidationInfo) -> str:
        if info.data.get("kind") is ReportKind.DECLINED and not note.strip():
            raise ValueError("is empty; who declines says why")
        return note

    @property
    def key(self) -> BookingKey:
        return BookingKey(self.activity, self.requirement, self.ordinal)


def report(work: Work, given: Report, if_match: str | None) -> ReportRow:
    """Keep the report. The booking takes its status; the activity the facts that planning goes by.

    A report tells what has happened, so it need not name a version of the booking; if it does, the newest.
    """
    row = find_own(work, given.key)
    if if_match is not None:
        require(if_match, row.etag, as_booking(row))
    at = given.at or work.now
    if at > work.now + CLOCKS_DIFFER:
        raise invalid([Fault("at", "is in the future; correct it, or leave it out")])
    if row.status not in FROM[given.kind]:
        current = as_booking(row).model_dump(mode="json")
        raise Conflict(f"the booking is {row.status}, which can't become {given.kind.value}", current=current)
    kept = _kept(work, row, given, at)
    if given.kind is not ReportKind.LATE:
        before, row.status = row.status, given.kind.value
        row.changed_at, row.changed_by = work.now, work.caller.user
        work.session.flush()
        work.audit("report", "booking", str(given.key), before={"status": before}, after={"status": row.status})
        _tell_activity(work, given.kind, given.activity, at)
        if given.kind is ReportKind.DECLINED:
            give_time_off(work, row, given.note)
        elif before == BookingStatus.DECLINED:
            take_back(work, row)
    about = {"report": kept.id, **given.model_dump(mode="json", exclude_none=True), "resource": row.resource}
    work.announce("booking-reported", about)
    return kept


def _kept(work: Work, row: BookingRow, given: Report, at: Instant) -> ReportRow:
    kept = ReportRow(
        tenant=work.tenant,
        id=token_hex(8),
        activity=row.activity,
        requirement=row.requirement,
        ordinal=row.ordinal,
        resource=self_of(work),
        kind=given.kind.value,
        at=at,
        late_by=given.late_by,
        note=given.note,
        received_at=work.now,
        received_from=work.caller.user,
    )
    work.session.add(kept)
    work.session.flush()
    after = {name: getattr(kept, name) for name in ("activity", "requirement", "ordinal", "kind", "late_by", "note")}
    work.audit("create", "report", kept.id, after={**after, "at": at.isoformat()})
    return kept


def _tell_activity(work: Work, kind: ReportKind, id: str, at: Instant) -> None:
    """Begun with the first technician who begins, done with the last who is done."""
    row = store.find(work, ACTIVITIES, id)
    activity = Activity.model_validate(row.value)
    if activity.status is ActivityStatus.CANCELLED:
        raise Conflict(f"activity {id!r} was cancelled; call the dispatcher")
    if kind is ReportKind.IN_PROGRESS and activity.actual_start is None:
        changes = {"status": ActivityStatus.IN_PROGRESS.value, "actual_start": at.isoformat()}
    elif kind is ReportKind.COMPLETED and not _others_at_work(work, id):
        changes = {"status": ActivityStatus.COMPLETED.value, "actual_end": at.isoformat()}
    else:
        return
    store.patch(work, ACTIVITIES, id, changes, row.etag)


def _others_at_work(work: Work, activity: str) -> bool:
    people = select(TechnicianRow.id).where(TechnicianRow.tenant == work.tenant)
    asked = select(BookingRow.status).where(
        BookingRow.tenant == work.tenant, BookingRow.activity == activity, BookingRow.resource.in_(people)
    )
    over = (BookingStatus.COMPLETED, BookingStatus.CANCELLED, BookingStatus.DECLINED)
    return any(status not in over for status in work.session.scalars(asked))
