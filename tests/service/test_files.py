"""Files in and out: Excel, CSV, VROOM's JSON and our own; faults by cell, dry runs, round trips."""

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from openpyxl import load_workbook

from scheduler.domain.problem import Problem
from scheduler.io.demo.problem import demo_problem
from scheduler.io.excel.template import write_template
from service.app import create_app
from service.files.demo import demo_company
from service.settings import Settings
from tests.service.conftest import BASE, signed_in
from tests.service.office import WEEK, Dispatcher, open_office, placed

VROOM = {
    "vehicles": [{"id": 1, "start": [30.5, 50.4], "skills": [1], "time_window": [1767600000, 1767632400]}],
    "jobs": [{"id": 7, "location": [30.6, 50.5], "service": 600, "skills": [1]}],
}


@pytest.fixture
def template(tmp_path: Path) -> bytes:
    path = tmp_path / "template.xlsx"
    write_template(path)
    return path.read_bytes()


def send(client: TestClient, *files: tuple[str, bytes], **params: object) -> Response:
    parts = [("files", file) for file in files]
    return client.post(f"{BASE}/imports", files=parts, params=params)  # type: ignore[arg-type]


def sheets(template: bytes) -> dict[str, bytes]:
    """The workbook's sheets as CSV with semicolons, as a German Excel saves them."""
    found = {}
    book = load_workbook(BytesIO(template), read_only=True)
    for name in ("settings", "technicians", "rooms", "activities"):
        text = StringIO()
        csv.writer(text, delimiter=";").writerows(book[name].iter_rows(values_only=True))
        found[f"{name}.csv"] = text.getvalue().encode("utf-8-sig")
    return found


def test_a_workbook_comes_in_once(client: TestClient, template: bytes) -> None:
    dry = send(client, ("week.xlsx", template), dry_run=True)
    assert dry.status_code == 200, dry.text
    assert dry.json()["dry_run"] and client.get(f"{BASE}/technicians").json()["items"] == []
    first = send(client, ("week.xlsx", template)).json()["kinds"]
    assert first["activities"]["created"] == len(client.get(f"{BASE}/activities").json()["items"]) > 0
    second = send(client, ("week.xlsx", template)).json()["kinds"]
    assert {kind: (c["created"], c["changed"]) for kind, c in second.items()} == dict.fromkeys(first, (0, 0))


def test_csv_says_the_same_as_excel(client: TestClient, template: bytes) -> None:
    files = sheets(template)
    from_excel = send(client, ("week.xlsx", template)).json()["kinds"]
    from_csv = send(client, *files.items())
    assert from_csv.status_code == 200, from_csv.text
    assert {k: c["unchanged"] for k, c in from_csv.json()["kinds"].items()} == {
        k: c["created"] for k, c in from_excel.items()
    }
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"folder/{name}", content)
    assert send(client, ("all.zip", packed.getvalue())).json()["kinds"] == from_csv.json()["kinds"]


def test_every_fault_is_told_by_its_cell(client: TestClient, template: bytes) -> None:
    book = load_workbook(BytesIO(template))
    sheet = book["activities"]
    columns = {cell.value: cell.column_letter for cell in sheet[1]}
    sheet[f"{columns['duration']}2"] = "soon"
    sheet[f"{columns['technicians allowed']}3"] = "nobody"
    book["technicians"]["A3"] = book["technicians"]["A2"].value
    broken = BytesIO()
    book.save(broken)
    answer = send(client, ("week.xlsx", broken.getvalue()), dry_run=True)
    assert answer.status_code == 422
    cells = {fault["path"] for fault in answer.json()["faults"]}
    wanted = {f"activities!{columns['duration']}2", f"activities!{columns['technicians allowed']}3", "technicians!A3"}
    assert wanted <= cells, answer.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.csv", b"a,b\n1,2\n"),
        ("activities.csv", b"\xff\xfe"),
        ("week.xlsx", b"PK\x03\x04 but no more"),
        ("week.xls", b"old"),
        ("x.json", b"{"),
        ("x.json", b""),
    ],
)
def test_what_is_no_file_of_ours_is_refused(client: TestClient, name: str, content: bytes) -> None:
    answer = send(client, (name, content))
    assert answer.status_code == 422 and answer.json()["faults"], answer.text


def test_what_unpacks_to_more_than_the_limit_is_refused(client: TestClient) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w", compression=8) as archive, archive.open("activities.csv", "w", force_zip64=True) as file:
        for _ in range(401):
            file.write(b"\0" * 1024 * 1024)
    assert "unpacked" in send(client, ("all.zip", packed.getvalue())).text


def test_vroom_comes_in(client: TestClient) -> None:
    answer = send(client, ("request.json", json.dumps(VROOM).encode()))
    assert answer.status_code == 200, answer.text
    assert answer.json()["kinds"]["activities"]["created"] == 1


def test_what_goes_out_as_json_comes_in_unchanged(client: TestClient, app: FastAPI) -> None:
    open_office(client)
    someone = Dispatcher(client)
    someone.place(placed("a", "ann", "9:00"))
    someone.publish()
    horizon = {"since": WEEK["start"], "until": WEEK["end"]}
    file = client.get(f"{BASE}/export", params={"format": "json", **horizon})
    problem = Problem.read(file.content)
    assert problem.standing is not None and [b.activity for b in problem.standing.bookings] == ["a"]
    other = signed_in(app, tenant="other")
    assert send(other, ("problem.json", file.content)).json()["kinds"]["activities"]["created"] == 4
    (draft,) = other.get(f"{BASE}/plans").json()["items"]
    assert draft["summary"]["scheduled"] == 1


@pytest.mark.parametrize("format", ["xlsx", "csv", "html", "png", "vroom"])
def test_a_plan_goes_out_in_every_format(client: TestClient, format: str) -> None:
    open_office(client)
    someone = Dispatcher(client)
    someone.place(placed("a", "ann", "9:00"))
    file = client.get(f"{BASE}/export", params={"format": format, "plan": someone.id})
    assert file.status_code == 200 and len(file.content) > 100
    assert "attachment" in file.headers["Content-Disposition"]


def test_the_demo_company_begins_in_the_coming_week(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/demo.db"))
    with TestClient(app):
        client = signed_in(app)
        found = client.get(f"{BASE}/activities", params={"limit": 1000}).json()["items"]
        assert len(found) == len(demo_problem().activities)
        assert [skill["skill"] for skill in client.get(f"{BASE}/skills").json()["items"]] == ["electric", "gas", "hvac"]
    for today in (date(2026, 3, 23), date(2026, 11, 28), date(2027, 3, 26)):
        moved = demo_company(today)
        assert 0 < (moved.horizon.start.date() - today).days + 1 <= 8
        assert moved.technicians[0].working_hours == demo_problem().technicians[0].working_hours
