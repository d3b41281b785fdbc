"""Kept values: versions, faults, pages, bulk; the same for every kind."""

import base64
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.documents.kinds import KINDS
from service.documents.kinds.calendar import CALENDARS
from tests.service.conftest import BASE

EXAMPLE = {kind.name: dict(kind.example) for kind in KINDS}
ACTIVITY, PLACE, TECHNICIAN = EXAMPLE["activity"], EXAMPLE["place"], EXAMPLE["technician"]


@pytest.fixture
def filled(client: TestClient) -> TestClient:
    """With a technician, a place and two activities there."""
    for path, value in (
        ("places", PLACE),
        ("technicians", TECHNICIAN),
        ("activities", ACTIVITY),
        ("activities", {**ACTIVITY, "id": "boiler-13"}),
    ):
        assert client.post(f"{BASE}/{path}", json=value).status_code == 201
    return client


@pytest.mark.parametrize("kind", KINDS, ids=[kind.path for kind in KINDS])
def test_from_create_to_delete(filled: TestClient, kind: Any) -> None:
    example = dict(kind.example)
    if kind.named and kind is not CALENDARS:  # a calendar has the id of whose it is
        example["id"] = "a/b ü?#%"
    made = filled.post(f"{BASE}/{kind.path}", json=example)
    assert made.status_code == 201, made.text
    url = made.headers["Location"]
    read = filled.get(url)
    assert read.json() == made.json() and read.headers["ETag"] == made.headers["ETag"]
    same = filled.put(url, json=read.json()["value"], headers={"If-Match": read.headers["ETag"]})
    assert same.status_code == 200 and same.headers["ETag"] == read.headers["ETag"], "nothing changed"
    assert filled.delete(url, headers={"If-Match": read.headers["ETag"]}).status_code == 204
    assert filled.get(url).status_code == 404


def test_a_change_names_its_version(filled: TestClient) -> None:
    url = f"{BASE}/activities/boiler-12"
    first = filled.get(url).headers["ETag"]
    assert filled.patch(url, json={"name": "x"}).status_code == 428
    second = filled.patch(url, json={"name": "x"}, headers={"If-Match": first})
    assert second.status_code == 200 and second.json()["value"]["name"] == "x"
    late = filled.patch(url, json={"name": "y"}, headers={"If-Match": first})
    assert late.status_code == 412 and late.json()["current"]["value"]["name"] == "x"
    assert f'"{late.json()["current"]["etag"]}"' == second.headers["ETag"]
    assert filled.put(url, json=ACTIVITY).status_code == 428
    assert filled.delete(url, headers={"If-Match": first}).status_code == 412


def test_null_takes_a_field_back_to_its_default(filled: TestClient) -> None:
    url = f"{BASE}/activities/boiler-12"
    etag = filled.get(url).headers["ETag"]
    changed = filled.patch(url, json={"name": None, "briefing": {"phone": "1"}}, headers={"If-Match": etag}).json()
    assert changed["value"]["name"] == "" and changed["value"]["briefing"]["phone"] == "1"


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("activities", {**ACTIVITY, "id": "x", "place": "nowhere"}, "place"),
        ("activities", {**ACTIVITY, "id": "x", "duration": "soon"}, "duration"),
        ("activities", {**ACTIVITY, "id": "x", "colour": "red"}, "colour"),
        (
            "activities",
            {**ACTIVITY, "id": "x", "requirements": [{"id": "t", "must_choose_from": ["nobody"]}]},
            "requirements[0].must_choose_from[0]",
        ),
        ("technicians", {**TECHNICIAN, "id": "x", "start_place": "nowhere"}, "start_place"),
        ("technicians", {**TECHNICIAN, "id": "x", "absences": [EXAMPLE["absence"]]}, "absences[0].resource"),
        ("rooms", {**EXAMPLE["room"], "id": "olena"}, "id"),
        ("locks", {**EXAMPLE["lock"], "kind": "resource"}, "requirement"),
        ("waivers", {**EXAMPLE["waiver"], "rule": "no-such-rule"}, "rule"),
        ("precedences", {"before": "boiler-12", "after": "boiler-12"}, "after"),
        ("absences", {**EXAMPLE["absence"], "resource": "nobody"}, "resource"),
    ],
)
def test_what_can_not_be_planned_with_is_refused_by_field(
    filled: TestClient, path: str, value: dict[str, Any], field: str
) -> None:
    answer = filled.post(f"{BASE}/{path}", json=value)
    assert answer.status_code == 422, answer.text
    assert field in [fault["path"] for fault in answer.json()["faults"]], answer.text


def test_an_id_fits_into_an_address(client: TestClient) -> None:
    assert [f["path"] for f in client.post(f"{BASE}/places", json={"id": "a\nb"}).json()["faults"]] == ["id"]
    assert client.put(f"{BASE}/places/a%0Ab", json={"id": "a\nb"}).status_code in (404, 422)


def test_a_circle_of_precedences_is_refused(filled: TestClient) -> None:
    there, back = {"before": "boiler-12", "after": "boiler-13"}, {"before": "boiler-13", "after": "boiler-12"}
    assert filled.post(f"{BASE}/precedences", json=there).status_code == 201
    answer = filled.post(f"{BASE}/precedences", json=back)
    assert answer.status_code == 422 and "circle" in answer.text


def test_what_is_needed_stays(filled: TestClient) -> None:
    url = f"{BASE}/places/customer-7"
    answer = filled.delete(url, headers={"If-Match": filled.get(url).headers["ETag"]})
    assert answer.status_code == 409 and "activity boiler-12" in answer.json()["users"]


def test_pages_hold_every_row_once(filled: TestClient) -> None:
    items = [{**ACTIVITY, "id": f"n{n:03}"} for n in range(25)]
    assert filled.post(f"{BASE}/activities/bulk", json={"items": items}).json()["created"] == 25
    seen, cursor = [], None
    while True:
        params = {"limit": 10, **({"cursor": cursor} if cursor else {})}
        page = filled.get(f"{BASE}/activities", params=params).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == sorted(["boiler-12", "boiler-13", *(item["id"] for item in items)])
    assert filled.get(f"{BASE}/activities", params={"cursor": "bm8"}).status_code == 422


@pytest.mark.parametrize("last", [[10**30], ["a\0b"], ["0001-01-01T00:00:00+14:00", "x"], [None], {}, 7, [[]]])
def test_a_cursor_of_somebody_elses_making_is_refused(client: TestClient, last: Any) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(last).encode()).decode()
    for path in ("audit", "publications", "plans", "places", "bookings"):
        answer = client.get(f"{BASE}/{path}", params={"cursor": cursor})
        assert answer.status_code == 422, (path, answer.text)


def test_filters_and_sparse_fields(filled: TestClient) -> None:
    filled.post(f"{BASE}/activities", json={**ACTIVITY, "id": "late", "release": "2026-05-01T00:00:00Z", "priority": 9})
    found = filled.get(f"{BASE}/activities", params={"until": "2026-04-01T00:00:00Z", "fields": "name"}).json()["items"]
    assert [item["value"].keys() for item in found] == [{"id", "name"}] * 2
    urgent = filled.get(f"{BASE}/activities", params={"least_priority": 5}).json()["items"]
    assert [item["id"] for item in urgent] == ["late"]
    assert filled.get(f"{BASE}/activities", params={"fields": "colour"}).status_code == 422
    assert filled.get(f"{BASE}/activities", params={"colour": "red"}).status_code == 422


def test_bulk_is_all_or_nothing_and_tells_every_fault(filled: TestClient) -> None:
    good, bad = {**ACTIVITY, "id": "good"}, {**ACTIVITY, "id": "bad", "place": "nowhere"}
    answer = filled.post(f"{BASE}/activities/bulk", json={"items": [good, bad, {**bad, "id": "worse"}]})
    assert [fault["path"] for fault in answer.json()["faults"]] == ["items[1].place", "items[2].place"]
    assert filled.get(f"{BASE}/activities/good").status_code == 404
    items = [good, {**ACTIVITY, "name": "new"}, {**ACTIVITY, "id": "boiler-13"}]
    expected = {"created": 1, "changed": 1, "unchanged": 1}
    dry = filled.post(f"{BASE}/activities/bulk", json={"items": items}, params={"dry_run": True}).json()
    assert dry == {**expected, "dry_run": True} and filled.get(f"{BASE}/activities/good").status_code == 404
    assert filled.post(f"{BASE}/activities/bulk", json={"items": items}).json() == {**expected, "dry_run": False}
    twice = filled.post(f"{BASE}/activities/bulk", json={"items": [good, good]})
    assert twice.status_code == 422


def test_requirements_are_changed_with_the_version_of_their_activity(filled: TestClient) -> None:
    url = f"{BASE}/activities/boiler-12/requirements"
    read = filled.get(url)
    assert read.json()["requirements"][0]["skills"] == [{"skill": "gas", "level": 2}]
    assert read.headers["ETag"] == filled.get(f"{BASE}/activities/boiler-12").headers["ETag"]
    two = {"requirements": [{"id": "technician", "count": 2}]}
    assert filled.put(url, json=two).status_code == 428
    changed = filled.put(url, json=two, headers={"If-Match": read.headers["ETag"]})
    assert changed.json()["value"]["requirements"][0]["count"] == 2
    nobody = filled.put(url, json={"requirements": []}, headers={"If-Match": changed.headers["ETag"]})
    assert [fault["path"] for fault in nobody.json()["faults"]] == ["requirements"]


def test_skills_are_what_technicians_and_activities_name(filled: TestClient) -> None:
    assert filled.get(f"{BASE}/skills").json()["items"] == [
        {"skill": "gas", "technicians": {"3": 1}, "activities": {"2": 2}},
    ]


def test_every_change_is_in_the_audit(filled: TestClient) -> None:
    url = f"{BASE}/places/customer-7"
    etag = filled.get(url).headers["ETag"]
    filled.patch(url, json={"name": "Gate"}, headers={"If-Match": etag, "X-Request-Id": "r-1"})
    newest = filled.get(f"{BASE}/audit", params={"kind": "place"}).json()["items"][0]
    assert (newest["action"], newest["subject"], newest["request"]) == ("change", "customer-7", "r-1")
    assert (newest["before"]["name"], newest["after"]["name"]) == ("", "Gate")
    assert newest["who"].startswith("key:")


def test_items_may_name_the_versions_that_they_replace(filled: TestClient) -> None:
    place = filled.get(f"{BASE}/places/customer-7").json()
    items = [{"id": "customer-7", "name": "Gate"}, {"id": "customer-8"}]
    given = {"items": items, "etags": {"customer-7": place["etag"]}}
    assert filled.post(f"{BASE}/places/bulk", json=given).json()["changed"] == 1
    given["items"] = [{"id": "customer-7", "name": "Door"}, {"id": "customer-9"}]
    late = filled.post(f"{BASE}/places/bulk", json=given)
    assert late.status_code == 412 and late.json()["current"]["value"]["name"] == "Gate"
    assert filled.get(f"{BASE}/places/customer-9").status_code == 404, "all or nothing"
    gone = filled.post(f"{BASE}/places/bulk", json={"items": [], "etags": {"customer-9": place["etag"]}})
    assert gone.status_code == 412
