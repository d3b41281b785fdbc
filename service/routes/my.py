"""A technician's own work: bookings, reports, absences. What belongs to others is not there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Path, Query, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from scheduler.domain.activity import Activity
from scheduler.domain.base import Instant
from scheduler.domain.plan import Booking, BookingKey
from scheduler.domain.resource import Absence
from scheduler.domain.travel import Place
from service.access.permission import Permission
from service.documents import store
from service.documents.kinds.absence import ABSENCES, ResourceAbsence
from service.documents.store import Record
from service.field import own
from service.field.report import Report, ReportKind, report
from service.http.etag import IfMatch
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import Missing, answers
from service.http.route import router
from service.planning.given import as_booking
from service.tables import AbsenceRow, BookingRow, ReportRow
from service.tables.base import ID_LENGTH
from service.work import Work

ROUTER = router("/my", "a technician's own")
Reads = Annotated[Work, may(Permission.OWN_READ)]
Reports = Annotated[Work, may(Permission.OWN_REPORT)]
Part = Annotated[str, Path(min_length=1, max_length=ID_LENGTH)]
Ordinal = Annotated[int, Path(ge=0, le=50)]
ILL = {name: part for name, part in ABSENCES.example.items() if name != "resource"}
DONE = {"activity": "boiler-12", "requirement": "technician", "kind": "completed"}


class OwnBooking(BaseModel):
    """A booking with all that it takes to go there and do the work."""

    etag: str
    value: Booking
    activity: Activity | None
    place: Place | None


class KnownReport(BaseModel):
    """A report as it was received."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    activity: str
    requirement: str
    ordinal: int
    resource: str
    kind: ReportKind
    at: datetime
    late_by: int | None
    note: str
    received_at: datetime
    received_from: str


@ROUTER.get("/bookings", response_model=Page[OwnBooking])
def list_own_bookings(
    work: Reads,
    pages: Pages,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> Json:
    """The caller's bookings by their start; `since` and `until` ask for those that overlap the time between."""
    query = own.own_bookings(work)
    query = query if since is None else query.where(BookingRow.ends_at > since)
    query = query if until is None else query.where(BookingRow.starts_at < until)
    keys = (BookingRow.starts_at, BookingRow.activity, BookingRow.requirement, BookingRow.ordinal)
    rows, following = pages.cut(work.session, query, *keys)
    return Json({"items": _shown(work, rows), "next": following})


@ROUTER.get("/bookings/{activity:path}/{requirement}/{ordinal}", response_model=OwnBooking, responses=answers(404))
def read_own_booking(work: Reads, activity: Part, requirement: Part, ordinal: Ordinal) -> Json:
    row = own.find_own(work, BookingKey(activity, requirement, ordinal))
    return Json(_shown(work, [row])[0], etag=row.etag)


@ROUTER.get("/reports")
def list_own_reports(work: Reads, pages: Pages) -> Page[KnownReport]:
    """What the caller reported, the newest first."""
    mine = select(ReportRow).where(ReportRow.tenant == work.tenant, ReportRow.resource == own.self_of(work))
    rows, following = pages.cut(work.session, mine, ReportRow.received_at, ReportRow.id, newest_first=True)
    return Page(items=[KnownReport.model_validate(row) for row in rows], next=following)


@ROUTER.post("/reports", status_code=201, responses=answers(404, 409, 412))
def report_on_booking(
    work: Reports, given: Annotated[Report, Body(examples=[DONE])], if_match: IfMatch = None
) -> KnownReport:
    """Tell what happened: accepted, declined with a reason, travelling, in progress, running late, completed."""
    return KnownReport.model_validate(report(work, given, if_match))


@ROUTER.get("/absences", response_model=Page[Record[ResourceAbsence]])
def list_own_absences(work: Reads, pages: Pages) -> Json:
    mine = select(AbsenceRow).where(AbsenceRow.tenant == work.tenant, AbsenceRow.resource == own.self_of(work))
    rows, following = pages.cut(work.session, mine, AbsenceRow.id)
    return Json({"items": [store.shown(row) for row in rows], "next": following})


@ROUTER.post("/absences", status_code=201, response_model=Record[ResourceAbsence])
def report_absence(work: Reports, given: Annotated[Absence, Body(examples=[ILL])]) -> Json:
    """Tell that the caller is away. Planning goes by it from now on; what is published stays until somebody replans."""
    absence = ResourceAbsence(resource=own.self_of(work), **dict(given))
    row = store.create(work, ABSENCES, absence)
    work.announce("absence-reported", {"absence": row.id, **absence.model_dump(mode="json")})
    return Json(store.shown(row), 201, row.etag, f"/api/v1/my/absences/{row.id}")


@ROUTER.delete("/absences/{id}", status_code=204, responses=answers(404, 409, 412, 428))
def take_back_absence(work: Reports, id: Part, if_match: IfMatch = None) -> Response:
    row = store.look(work, ABSENCES, id)
    if row is None or row.value["resource"] != own.self_of(work):
        raise Missing(f"you have no absence {id!r}")
    store.remove(work, ABSENCES, id, if_match)
    work.announce("absence-taken-back", {"absence": id, "resource": own.self_of(work)})
    return Response(status_code=204)


def _shown(work: Work, rows: Sequence[BookingRow]) -> list[dict[str, Any]]:
    activities = own.activities_of(work, rows)
    places = own.places_of(work, activities)
    found = []
    for row in rows:
        activity = activities.get(row.activity)
        place = places.get(activity.place) if activity is not None and activity.place is not None else None
        found.append({"etag": row.etag, "value": as_booking(row), "activity": activity, "place": place})
    return found
