"""What the API answers is what its documentation says, whatever is sent: no server error, no undocumented answer.

Against a server that really runs. `HYPOTHESIS_PROFILE=full pytest tests/service/test_openapi.py` looks further.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, reject, settings
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from pydantic import SecretStr
from schemathesis import Case
from schemathesis.checks import CHECKS as KNOWN_CHECKS

from scheduler.sync.connections.secrets import new_key as sync_key
from service.access.keys import new_key
from service.access.permission import Role
from service.app import create_app
from service.settings import Settings
from service.work import utc_now
from tests.service.office import Dispatcher, open_office, placed

NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
FULL = settings().max_examples > 1000
fewer = settings(
    max_examples=25 if FULL else 5,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
ENDLESS = "/api/v1/events"
schema = schemathesis.openapi.from_dict(create_app(Settings(demo=False)).openapi()).exclude(path=ENDLESS)
schema.config.phases.coverage.enabled = FULL
CHECKS = [check for check in KNOWN_CHECKS.get_all() if check.__name__ in NAMES]
assert len(CHECKS) == len(NAMES)
ASKED, KINDS = Counter[str](), Counter[str]()
"""Requests by operation, and answers by their kind; `-s` shows what came of them."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server with a small company in it, and somebody who may do everything."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('openapi') / 'fieldplan.db'}"
    else:
        url = request.getfixturevalue("postgresql")
    settings = Settings(database_url=url, demo=False, rate_limit="1000000/second", keys=SecretStr(sync_key()))
    app = create_app(settings.model_copy(update={"workers": 0 if FULL else 1}))  # runs would take the time of requests
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    running = threading.Thread(target=server.run)
    running.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    with app.state.house.database.writing("main") as session:
        _, secret = new_key(session, "main", "fuzz", Role.ADMIN, utc_now())
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
        open_office(client)
        someone = Dispatcher(client)
        someone.place(placed("a", "ann", "9:00"))
        someone.publish()
        yield client
    print(f"{request.param}: {len(ASKED)} operations, {ASKED.total()} requests, {KINDS.most_common()} answers")
    ASKED.clear()
    KINDS.clear()
    server.should_exit = True
    running.join()


def bodies() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Operation, schema of what it takes as JSON, and the same without the reference."""
    document = create_app(Settings(demo=False)).openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                found = content["application/json"]["schema"]
                plain = document["components"]["schemas"].get(found.get("$ref", "").rpartition("/")[2], {})
                yield f"{method} {path}", {**found, "components": document["components"]}, {**plain, **found}


@pytest.mark.parametrize(("whole", "plain"), [pytest.param(*body, id=name) for name, *body in bodies()])
def test_a_body_shows_itself_and_takes_no_unknown_field(whole: dict[str, Any], plain: dict[str, Any]) -> None:
    assert plain["examples"]
    for example in plain["examples"]:
        OAS31Validator(whole, format_checker=oas31_format_checker).validate(example)
    assert plain["additionalProperties"] is ("properties" not in plain), "only a patch is free"


@pytest.mark.slow
@schema.parametrize()
@fewer
def test_answers_are_those_of_the_documentation(case: Case, office: httpx.Client) -> None:
    """Every request twice: as it is drawn, and about something that is there, in its present version."""
    try:
        send(case, office)
        name_what_is_there(case, office)
        if "If-Match" in case.headers:
            case.headers["If-Match"] = version(case.formatted_path, office)
        send(case, office)
    except (httpx.LocalProtocolError, httpx.InvalidURL):
        reject()  # nobody can send that


def send(case: Case, office: httpx.Client) -> None:
    request = case.as_transport_kwargs(base_url=str(office.base_url))
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    if "files" in request:
        request["files"] = [(name, str(content).encode()) for name, content in request["files"] or []]
    given = {name: str(value).encode() for name, value in request["headers"].items()}  # whatever the alphabet
    request["headers"] = {**given, "Authorization": office.headers["Authorization"].encode()}
    answer = office.request(**request)
    answer.request.read()
    ASKED[case.operation.label] += 1
    KINDS[f"{answer.status_code // 100}xx"] += 1
    case.validate_response(answer, checks=CHECKS)


def version(path: str, office: httpx.Client) -> str:
    """The ETag of what the path names, or of what something is posted to."""
    answers = (office.get(thing) for thing in (path, path.rpartition("/")[0]))
    return next((answer.headers["ETag"] for answer in answers if "ETag" in answer.headers), '"x"')


def name_what_is_there(case: Case, office: httpx.Client) -> None:
    names: dict[str, Any] = case.path_parameters
    collection = case.path.split("/{")[0]
    if "id" in names and collection != case.path:
        items = office.get(collection).json().get("items", [])
        if case.path.endswith("/events"):
            items = [run for run in items if run["ended_at"] is not None]  # others are told of without end
        names["id"] = items[-1]["id"] if items else names["id"]
    elif "activity" in names:
        names |= {"activity": "a", "requirement": "technician", "ordinal": 0}
