"""What technicians see and tell: their own bookings, and nobody else's."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from service.access.permission import Role
from service.database import Database
from service.tables import OutboxRow
from tests.service.conftest import BASE, signed_in
from tests.service.office import Dispatcher, open_office, replanned

TOMORROW = datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(), UTC)
HORIZON = {"start": (TOMORROW - timedelta(days=1)).isoformat(), "end": (TOMORROW + timedelta(days=7)).isoformat()}
ALWAYS = {"weekly": {str(day): [{"start": "00:00", "end": "23:59"}] for day in range(7)}}
KEY = {"requirement": "technician"}


def at(hour: float) -> str:
    return (TOMORROW + timedelta(hours=hour)).isoformat()


@pytest.fixture
def office(client: TestClient) -> TestClient:
    """Ann does a and b tomorrow, Bob does c; d is in nobody's plan."""
    open_office(client)
    for name in ("ann", "bob"):
        url = f"{BASE}/technicians/{name}"
        client.patch(url, json={"working_hours": ALWAYS}, headers={"If-Match": client.get(url).headers["ETag"]})
    publish(client, ("a", "ann", 9), ("b", "ann", 11), ("c", "bob", 9))
    return client


def publish(client: TestClient, *placed: tuple[str, str, float]) -> None:
    someone = Dispatcher(client, horizon=HORIZON)
    items = ({**KEY, "activity": a, "resource": who, "start": at(hour)} for a, who, hour in placed)
    assert someone.place(*items).status_code == 200
    answer = someone.publish()
    assert answer.status_code == 200, answer.text


@pytest.fixture
def ann(office: TestClient, app: FastAPI) -> TestClient:
    return signed_in(app, Role.TECHNICIAN, resource="ann")


@pytest.fixture
def bob(office: TestClient, app: FastAPI) -> TestClient:
    return signed_in(app, Role.TECHNICIAN, resource="bob")


def tell(who: TestClient, activity: str, kind: str, **more: Any) -> Response:
    headers = more.pop("headers", None)
    given = {**KEY, "activity": activity, "kind": kind, **more}
    return who.post(f"{BASE}/my/reports", json=given, headers=headers)


def status(client: TestClient, activity: str) -> str:
    found: str = client.get(f"{BASE}/bookings/{activity}/technician/0").json()["value"]["status"]
    return found


def test_own_bookings_with_all_that_it_takes(ann: TestClient) -> None:
    items = ann.get(f"{BASE}/my/bookings").json()["items"]
    assert [item["value"]["activity"] for item in items] == ["a", "b"]
    assert (items[0]["activity"]["duration"], items[0]["place"]["latitude"]) == ("PT1H", 50.0)
    one = ann.get(f"{BASE}/my/bookings/b/technician/0")
    assert one.json() == items[1] and one.headers["ETag"] == f'"{items[1]["etag"]}"'
    later = ann.get(f"{BASE}/my/bookings", params={"since": at(10.5)}).json()["items"]
    assert [item["value"]["activity"] for item in later] == ["b"]


def test_what_others_do_is_not_there(ann: TestClient, office: TestClient) -> None:
    for activity in ("c", "d", "nothing"):
        assert ann.get(f"{BASE}/my/bookings/{activity}/technician/0").status_code == 404
        assert tell(ann, activity, "accepted").status_code == 404
    assert status(office, "c") == "published"


def test_from_accepted_to_completed(ann: TestClient, office: TestClient) -> None:
    for kind in ("accepted", "travelling", "in-progress", "completed"):
        answer = tell(ann, "a", kind)
        assert answer.status_code == 201, answer.text
        assert status(office, "a") == kind
    activity = office.get(f"{BASE}/activities/a").json()
    assert activity["value"]["status"] == "completed" and activity["changed_by"].startswith("key:")
    reports = office.get(f"{BASE}/reports", params={"activity": "a"}).json()["items"]
    assert [r["kind"] for r in reports] == ["completed", "in-progress", "travelling", "accepted"]
    assert activity["value"]["actual_start"] == reports[1]["at"]
    assert ann.get(f"{BASE}/my/reports").json()["items"] == reports


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ((), "completed"),
        (("in-progress",), "declined"),
        (("in-progress", "completed"), "in-progress"),
        (("in-progress", "completed"), "late"),
        (("declined",), "travelling"),
        (("accepted",), "accepted"),
    ],
)
def test_what_can_not_have_happened_is_refused(ann: TestClient, before: tuple[str, ...], kind: str) -> None:
    more = {"declined": {"note": "ill"}, "late": {"late_by": 5}}
    for one in before:
        assert tell(ann, "a", one, **more.get(one, {})).status_code == 201
    answer = tell(ann, "a", kind, **more.get(kind, {}))
    assert answer.status_code == 409 and answer.json()["current"]["activity"] == "a"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"kind": "declined"}, "note"),
        ({"kind": "declined", "note": "  "}, "note"),
        ({"kind": "late"}, "late_by"),
        ({"kind": "accepted", "late_by": 5}, "late_by"),
        ({"kind": "accepted", "at": at(48)}, "at"),
        ({"kind": "cancelled"}, "kind"),
    ],
)
def test_reports_that_say_too_little_or_too_much(ann: TestClient, given: dict[str, Any], path: str) -> None:
    answer = tell(ann, "a", **given)
    assert answer.status_code == 422 and [fault["path"] for fault in answer.json()["faults"]] == [path]


def test_running_late_is_told_and_changes_no_status(ann: TestClient, office: TestClient, database: Database) -> None:
    tell(ann, "a", "in-progress")
    assert tell(ann, "a", "late", late_by=25, note="the valve is stuck").status_code == 201
    assert status(office, "a") == "in-progress"
    with database.reading("main") as session:
        newest = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1)).one()
    assert (newest.topic, newest.about["late_by"]) == ("booking-reported", 25)


def test_a_reason_stands_in_the_audit(ann: TestClient, office: TestClient) -> None:
    tell(ann, "a", "declined", note="no licence for this boiler")
    entries = office.get(f"{BASE}/audit", params={"kind": "report"}).json()["items"]
    assert entries[0]["after"]["note"] == "no licence for this boiler"
    booking = office.get(f"{BASE}/audit", params={"kind": "booking"}).json()["items"][0]
    assert (booking["before"], booking["after"]) == ({"status": "published"}, {"status": "declined"})


def test_a_repeated_report_counts_once(ann: TestClient, office: TestClient) -> None:
    """A telephone that lost the answer sends it again."""
    answers = [tell(ann, "a", "travelling", headers={"Idempotency-Key": "1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(office.get(f"{BASE}/reports").json()["items"]) == 1


def test_a_report_on_what_was_seen(ann: TestClient, office: TestClient) -> None:
    seen = ann.get(f"{BASE}/my/bookings/a/technician/0").headers["ETag"]
    publish(office, ("a", "ann", 15))
    late = tell(ann, "a", "declined", note="too early", headers={"If-Match": seen})
    assert late.status_code == 412 and late.json()["current"]["start"].startswith(at(15)[:16])
    publish(office, ("a", "bob", 15))
    assert tell(ann, "a", "travelling").status_code == 404, "it is Bob's now"


def test_work_that_has_begun_keeps_its_status_when_others_move(ann: TestClient, office: TestClient) -> None:
    tell(ann, "a", "in-progress")
    publish(office, ("b", "bob", 13))
    assert (status(office, "a"), status(office, "b")) == ("in-progress", "published")
    assert tell(ann, "a", "completed").status_code == 201
    publish(office, ("d", "bob", 15))
    assert status(office, "a") == "completed"


def test_a_team_is_done_with_the_last_of_it(client: TestClient, app: FastAPI, office: TestClient) -> None:
    url = f"{BASE}/activities/d"
    two = [{"id": "technician", "count": 2}]
    changed = client.patch(url, json={"requirements": two}, headers={"If-Match": client.get(url).headers["ETag"]})
    assert changed.status_code == 200, changed.text
    someone = Dispatcher(client, horizon=HORIZON)
    for n, who in enumerate(("ann", "bob")):
        someone.place({**KEY, "activity": "d", "ordinal": n, "resource": who, "start": at(15)})
    assert someone.publish().status_code == 200
    team = [signed_in(app, Role.TECHNICIAN, resource=who) for who in ("ann", "bob")]
    for n, who in enumerate(team):
        assert tell(who, "d", "in-progress", ordinal=n).status_code == 201
    started = client.get(url).json()["value"]["actual_start"]
    assert tell(team[0], "d", "completed").status_code == 201
    assert client.get(url).json()["value"]["status"] == "in-progress"
    assert tell(team[1], "d", "completed", ordinal=1).status_code == 201
    value = client.get(url).json()["value"]
    assert value["status"] == "completed" and value["actual_start"] == started


def test_absences_are_own_ones(ann: TestClient, bob: TestClient, office: TestClient) -> None:
    away = {"interval": {"start": at(0), "end": at(24)}, "reason": "ill"}
    made = ann.post(f"{BASE}/my/absences", json=away)
    assert made.status_code == 201 and made.json()["value"]["resource"] == "ann"
    assert bob.get(f"{BASE}/my/absences").json()["items"] == []
    version, url = {"If-Match": made.headers["ETag"]}, made.headers["Location"]
    assert bob.delete(url, headers=version).status_code == 404
    for_bob = ann.post(f"{BASE}/my/absences", json={**away, "resource": "bob"})
    assert for_bob.status_code == 422
    assert office.get(f"{BASE}/absences", params={"resource": "ann"}).json()["items"] == [made.json()]
    assert ann.delete(url).status_code == 428
    assert ann.delete(url, headers=version).status_code == 204


def test_a_technician_without_a_technician(office: TestClient, app: FastAPI) -> None:
    nobody = signed_in(app, Role.TECHNICIAN)
    assert nobody.get(f"{BASE}/my/bookings").status_code == 403
    assert nobody.get(f"{BASE}/technicians").status_code == 403


def test_who_declined_is_not_given_it_again(ann: TestClient, office: TestClient, app: FastAPI) -> None:
    tell(ann, "a", "declined", note="no licence for this boiler")
    (absence,) = office.get(f"{BASE}/absences").json()["items"]
    assert absence["value"]["resource"] == "ann" and "no licence" in absence["value"]["reason"]
    draft = Dispatcher(office, horizon=HORIZON)
    assert ("absence", "a") in [(v["rule"], v["bookings"][0][0]) for v in draft.judged()["violations"]]
    (again,) = (b for b in replanned(app, office, HORIZON) if b["activity"] == "a")
    begin = datetime.fromisoformat(again["start"])
    assert again["resource"] == "bob" or abs(begin - datetime.fromisoformat(at(9))) >= timedelta(hours=1)


def test_who_comes_after_all_has_no_time_off(ann: TestClient, office: TestClient) -> None:
    tell(ann, "a", "declined", note="ill")
    assert tell(ann, "a", "accepted").status_code == 201
    assert office.get(f"{BASE}/absences").json()["items"] == []
