"""Plans as versions: drafts, edits by hand, publishing, undo, and two dispatchers at once."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.access.permission import Role
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import BASE, signed_in, version
from tests.service.office import WEEK, Dispatcher, at, open_office, placed, published


@pytest.fixture
def office(client: TestClient) -> TestClient:
    open_office(client)
    return client


def test_an_edit_names_what_it_moves_and_what_it_breaches(office: TestClient) -> None:
    someone = Dispatcher(office)
    first = someone.place(placed("a", "ann", "9:00"), placed("b", "ann", "9:30")).json()
    assert [c["kind"] for c in first["comparison"]["changes"]] == ["added", "added"]
    breach = next(v for v in first["comparison"]["arising"] if v["rule"] == "no-overlap")
    assert breach["text"] == "ann is at a and b at the same time for 30 minutes"
    second = someone.place(placed("b", "bob", "9:30")).json()
    assert [(c["activity"], c["kind"]) for c in second["comparison"]["changes"]] == [("b", "reassigned")]
    assert [v["rule"] for v in second["comparison"]["gone"]] == ["no-overlap"]
    plan = someone.read()["plan"]
    assert [(r["resource"], len(r["bookings"])) for r in plan["routes"]] == [("ann", 1), ("bob", 1)]
    assert [one["activity"] for one in plan["unscheduled"]] == ["c", "d"]


def test_what_can_not_be_placed_is_refused_by_field(office: TestClient) -> None:
    answer = Dispatcher(office).place(placed("a", "nobody", "9:00"), placed("z", "ann", "9:00"))
    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json()["faults"]] == ["place[0].resource", "place[1].activity"]


def test_a_draft_outlives_a_break_that_its_technician_loses(office: TestClient) -> None:
    lunch = {"id": "lunch", "window": {"start": "12:00", "end": "13:00"}, "duration": "PT30M"}
    url = f"{BASE}/technicians/ann"
    read = office.get(url)
    changed = office.patch(url, json={"breaks": [lunch]}, headers={"If-Match": read.headers["ETag"]})
    someone = Dispatcher(office)
    someone.place(placed("a", "ann", "9:00"))
    assert [taken["id"] for taken in someone.read()["plan"]["routes"][0]["breaks"]] == ["lunch"]
    office.patch(url, json={"breaks": []}, headers={"If-Match": changed.headers["ETag"]})
    assert someone.place(placed("b", "bob", "9:00")).status_code == 200
    assert [route["breaks"] for route in someone.read()["plan"]["routes"]] == [[], []]


def test_what_another_process_changed_is_judged_at_once(office: TestClient, database_url: str) -> None:
    someone = Dispatcher(office)
    someone.place(placed("a", "ann", "9:00"))
    assert someone.judged()["violations"] == []
    other = create_app(Settings(database_url=database_url, demo=False, workers=0))
    with TestClient(other):
        elsewhere, url = signed_in(other), f"{BASE}/technicians/ann"
        etag = elsewhere.get(url).headers["ETag"]
        hours = {"weekly": {str(day): [{"start": "10:00", "end": "17:00"}] for day in range(5)}}
        elsewhere.patch(url, json={"working_hours": hours}, headers={"If-Match": etag}).raise_for_status()
        assert {v["rule"] for v in someone.judged()["violations"]} == {"working-hours"}
        busy = {"resource": "ann", "interval": {"start": at("9:30"), "end": at("9:45")}}
        elsewhere.post(f"{BASE}/absences", json=busy).raise_for_status()
        assert {v["rule"] for v in someone.judged()["violations"]} == {"working-hours", "absence"}


def test_publishing_puts_bookings_outbox_and_audit_down_together(office: TestClient, app: FastAPI) -> None:
    someone = Dispatcher(office)
    someone.place(placed("a", "ann", "9:00"), placed("b", "bob", "9:00"))
    answer = someone.publish(why="first week")
    assert answer.status_code == 200, answer.text
    assert answer.json()["number"] == 1 and answer.json()["why"] == "first week"
    assert published(office) == {"a": ("ann", "09:00"), "b": ("bob", "09:00")}
    assert someone.read()["status"] == "published"
    newest = office.get(f"{BASE}/audit", params={"kind": "plan"}).json()["items"][0]
    assert (newest["action"], newest["why"]) == ("publish", "first week")
    from sqlalchemy import select

    from service.tables import OutboxRow

    with app.state.house.database.reading("main") as session:
        (row,) = session.scalars(select(OutboxRow).where(OutboxRow.topic == "plan-published"))
        assert row.about["publication"] == 1
        assert [b["activity"] for b in row.about["bookings"]] == ["a", "b"]


def test_what_is_published_is_never_changed_by_a_draft(office: TestClient) -> None:
    first = Dispatcher(office)
    first.place(placed("a", "ann", "9:00"))
    first.publish()
    what_if = Dispatcher(office, absences=[{"resource": "ann", "interval": {"start": at("0:00"), "end": at("23:00")}}])
    assert [v["rule"] for v in what_if.read()["verdict"]["violations"]] == ["absence"]
    what_if.take_out("a")
    assert published(office) == {"a": ("ann", "09:00")}
    assert office.get(f"{BASE}/absences").json()["items"] == []
    comparison = office.get(f"{BASE}/plans/{what_if.id}/comparison").json()
    assert (comparison["unscheduled"], [s["resource"] for s in comparison["shares"]]) == (["a"], ["ann"])
    assert comparison["price"]["unscheduled"] == 1.0


def test_breaches_are_waived_with_a_reason_or_refused(office: TestClient) -> None:
    someone = Dispatcher(office)
    someone.place(placed("a", "ann", "9:00"), placed("b", "ann", "9:30"))
    refused = someone.publish()
    assert refused.status_code == 422
    assert [v["rule"] for v in refused.json()["violations"]] == ["no-overlap"]
    waiver = {"rule": "no-overlap", "activity": "b", "requirement": "technician", "largest_amount": 30}
    assert someone.place(waivers=[waiver]).status_code == 422, "a waiver needs a reason"
    answer = someone.place(waivers=[{**waiver, "why": "b needs no hands"}])
    assert answer.json()["plan"]["summary"]["breaches"] == 0, answer.text
    assert someone.publish().status_code == 200
    marked = {i["value"]["activity"]: i["waived"] for i in office.get(f"{BASE}/bookings").json()["items"]}
    assert marked == {"a": False, "b": True}
    (kept,) = office.get(f"{BASE}/waivers").json()["items"]
    assert kept["value"]["why"] == "b needs no hands" and kept["value"]["by"].startswith("key:")


def test_breaches_of_named_rules_are_accepted(office: TestClient) -> None:
    someone = Dispatcher(office)
    someone.place(placed("a", "ann", "7:00"))
    assert someone.publish().status_code == 422
    silent = someone.publish(despite=["working-hours"], why=" ")
    assert silent.status_code == 422 and [fault["path"] for fault in silent.json()["faults"]] == ["why"]
    assert someone.publish(despite=["working-hours"], why="she offered").status_code == 200


def test_undo_publishes_what_was_before(office: TestClient) -> None:
    for clock in ("9:00", "11:00"):
        someone = Dispatcher(office)
        someone.place(placed("a", "ann", clock))
        assert someone.publish().status_code == 200
    undone = office.post(f"{BASE}/publications/undo", json={"number": 2, "why": "a mistake"})
    assert undone.status_code == 200 and undone.json()["undoes"] == 2
    assert published(office) == {"a": ("ann", "09:00")}
    late = office.post(f"{BASE}/publications/undo", json={"number": 2})
    assert late.status_code == 409 and late.json()["newest"] == 3
    assert [p["number"] for p in office.get(f"{BASE}/publications").json()["items"]] == [3, 2, 1]


def test_undoing_the_first_publication_leaves_nothing(office: TestClient) -> None:
    someone = Dispatcher(office)
    someone.place(placed("a", "ann", "9:00"))
    someone.publish()
    assert office.post(f"{BASE}/publications/undo", json={"number": 1}).status_code == 200
    assert published(office) == {}


def test_two_dispatchers_at_one_draft(office: TestClient) -> None:
    someone = Dispatcher(office)
    stale = someone.etag
    assert someone.place(placed("a", "ann", "9:00")).status_code == 200
    someone.etag = stale
    late = someone.place(placed("a", "bob", "9:00"))
    assert late.status_code == 412 and late.json()["current"]["id"] == someone.id
    assert someone.send("edits", {}).status_code == 412


def test_two_dispatchers_publish_one_after_the_other(office: TestClient) -> None:
    one, other = Dispatcher(office), Dispatcher(office)
    one.place(placed("a", "ann", "9:00"), placed("b", "ann", "10:00"))
    other.place(placed("c", "bob", "9:00"))
    assert one.publish().status_code == 200
    late = other.publish()
    assert late.status_code == 409 and (late.json()["base"], late.json()["newest"]) == (0, 1)
    merged = other.rebase().json()["comparison"]
    assert merged["scheduled"] == ["a", "b"]
    assert other.publish().status_code == 200
    assert published(office) == {"a": ("ann", "09:00"), "b": ("ann", "10:00"), "c": ("bob", "09:00")}


@pytest.mark.parametrize(("keep", "who"), [("mine", "bob"), ("published", "ann")])
def test_when_both_move_one_booking_a_person_decides(office: TestClient, keep: str, who: str) -> None:
    one, other = Dispatcher(office), Dispatcher(office)
    one.place(placed("a", "ann", "9:00"))
    other.place(placed("a", "bob", "9:00"), placed("c", "bob", "11:00"))
    one.publish()
    asked = other.rebase()
    assert asked.status_code == 409 and [b["activity"] for b in asked.json()["bookings"]] == ["a"]
    assert other.rebase(keep).status_code == 200
    assert other.publish().status_code == 200
    assert published(office) == {"a": (who, "09:00"), "c": ("bob", "11:00")}


def test_what_is_left_to_plan_can_be_listed(office: TestClient) -> None:
    someone = Dispatcher(office)
    someone.place(placed("a", "ann", "9:00"), placed("b", "bob", "9:00"))
    someone.publish()
    for booked, ids in ((True, ["a", "b"]), (False, ["c", "d"])):
        items = office.get(f"{BASE}/activities", params={"booked": booked}).json()["items"]
        assert [item["id"] for item in items] == ids


def test_what_has_happened_is_nobodys_change(office: TestClient) -> None:
    """Work that was done before its time is a fact: of two drafts that nobody touched neither contradicts the other."""
    first = Dispatcher(office)
    first.place(placed("a", "ann", "9:00"), placed("b", "bob", "9:00"))
    first.publish()
    known = office.get(f"{BASE}/activities/a").json()
    fact = {"status": "completed", "actual_start": at("9:00", day=-3), "actual_end": at("10:00", day=-3)}
    assert office.patch(f"{BASE}/activities/a", json=fact, headers=version(known)).status_code == 200
    one, other = Dispatcher(office), Dispatcher(office)
    assert one.publish().status_code == 200
    assert other.rebase().status_code == 200
    assert other.publish().status_code == 200


def test_bookings_change_places(office: TestClient) -> None:
    first = Dispatcher(office)
    first.place(placed("a", "ann", "9:00"), placed("b", "bob", "9:00"))
    first.publish()
    before = {i["value"]["activity"]: i["etag"] for i in office.get(f"{BASE}/bookings").json()["items"]}
    swap = Dispatcher(office)
    swap.place(placed("a", "bob", "9:00"), placed("b", "ann", "9:00"), placed("c", "ann", "13:00"))
    assert swap.publish().status_code == 200
    assert published(office)["a"] == ("bob", "09:00")
    again = Dispatcher(office)
    again.place(placed("d", "ann", "15:00"))
    again.publish()
    after = {
        i["value"]["activity"]: (i["etag"], i["publication"]) for i in office.get(f"{BASE}/bookings").json()["items"]
    }
    assert after["a"][0] != before["a"]
    assert {name: number for name, (_, number) in after.items()} == {"a": 2, "b": 2, "c": 2, "d": 3}


def test_a_faulty_value_keeps_nobody_else_from_being_planned(office: TestClient, app: FastAPI) -> None:
    """However it got there: here, past the API."""
    from service.tables import ActivityRow

    with app.state.house.database.writing("main") as session:
        row = session.get_one(ActivityRow, {"tenant": "main", "id": "a"})
        row.value = {**row.value, "place": "nowhere"}
    horizon = {"since": WEEK["start"], "until": WEEK["end"]}
    found = office.get(f"{BASE}/problem", params=horizon).json()
    assert [fault["path"] for fault in found["left_out"]] == ["activities/a.place"]
    assert [a["id"] for a in found["problem"]["activities"]] == ["b", "c", "d"]


def test_a_viewer_looks_and_a_technician_does_not(office: TestClient, app: FastAPI) -> None:
    someone = Dispatcher(office)
    viewer, technician = signed_in(app, Role.VIEWER), signed_in(app, Role.TECHNICIAN)
    assert viewer.get(f"{BASE}/plans/{someone.id}").status_code == 200
    assert technician.get(f"{BASE}/plans/{someone.id}").status_code == 403
    sent: dict[str, Any] = {"json": {}, "headers": {"If-Match": someone.etag}}
    assert viewer.post(f"{BASE}/plans/{someone.id}/publish", **sent).status_code == 403


def test_copies_names_and_the_end(office: TestClient) -> None:
    someone = Dispatcher(office)
    someone.place(placed("a", "ann", "9:00"))
    copy = office.post(f"{BASE}/plans", json={"origin": someone.id, "name": "what if"})
    assert copy.json()["origin"] == f"plan:{someone.id}" and copy.json()["summary"]["scheduled"] == 1
    url = f"{BASE}/plans/{copy.json()['id']}"
    named = office.patch(url, json={"status": "proposed"}, headers={"If-Match": copy.headers["ETag"]})
    assert named.json()["status"] == "proposed" and named.json()["name"] == "what if"
    assert office.get(f"{BASE}/plans", params={"status": "proposed"}).json()["items"][0]["id"] == copy.json()["id"]
    assert office.delete(url, headers={"If-Match": named.headers["ETag"]}).status_code == 204
    assert office.get(url).status_code == 404
    assert office.post(f"{BASE}/plans", json={}).status_code == 422
