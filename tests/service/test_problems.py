"""What is refused says what is wrong with what was sent, and what to do about it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.service.conftest import BASE

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "given", "status", "said"),
    [
        ("GET", "/technician", {}, 404, "all of them are at /docs"),
        ("PATCH", "/technicians", {}, 405, "see Allow"),
        ("POST", "/places", {"content": '{"id": "a",', "headers": JSON}, 422, "is no JSON: Expecting property name"),
        ("POST", "/places", {"content": "[]", "headers": JSON}, 422, "is no JSON object"),
        ("POST", "/places", {"content": "id=a"}, 422, "as application/json"),
        ("POST", "/imports", {"files": {"files": ("a.bin", b"nonsense")}}, 422, "neither an Excel workbook nor a JSON"),
    ],
)
def test_what_is_sent_wrongly_is_told(
    client: TestClient, method: str, path: str, given: dict[str, Any], status: int, said: str
) -> None:
    answer = client.request(method, BASE + path, **given)
    assert answer.status_code == status and said in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_fault_is_told_with_its_path(client: TestClient) -> None:
    given = {"id": "a", "latitude": 91, "longitude": "east", "colour": "red"}
    faults = client.post(f"{BASE}/places", json=given).json()["faults"]
    assert sorted(fault["path"] for fault in faults) == ["colour", "latitude", "longitude"]
