"""What the API costs with a week of work in it, beside the least that FastAPI and SQLAlchemy can do on this machine."""

import itertools
import logging
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

DAYS = 5
STARTS = (8, 10)
MONDAY = "2031-01-06"
BULK = 2500


def service(
    technicians: Annotated[int, typer.Option(min=1)] = 500,
    activities: Annotated[int, typer.Option(min=1)] = 5000,
    repeats: Annotated[int, typer.Option(min=1)] = 5,
    database: Annotated[str, typer.Option(help="Address of an empty database; an SQLite file when not given.")] = "",
) -> None:
    """CPU seconds of this process for each request: median, largest, and times a bare route."""
    with TemporaryDirectory() as folder, _office(database or f"sqlite:///{Path(folder)}/f.db") as client:
        typer.echo("| request | median CPU ms | largest | x bare |\n|---|---|---|---|")
        bare = _row("bare FastAPI + SQLAlchemy", 200, lambda: client.get("/bare"))

        def row(name: str, count: int, ask: Ask) -> float:
            return _row(name, count, ask, bare)

        _fill(client, technicians, activities, row)
        _plan(client, technicians, activities, repeats, row)


Ask = Callable[[], Any]
Row = Callable[[str, int, Ask], float]


def _fill(client: Any, technicians: int, activities: int, row: Row) -> None:
    hours = {"weekly": {str(day): [{"start": "08:00", "end": "17:00"}] for day in range(5)}}
    places = [
        {"id": f"p{n}", "latitude": 50 + n % 50 / 100, "longitude": 30 + n // 50 / 100} for n in range(activities)
    ]
    people = [{"id": f"t{n}", "working_hours": hours} for n in range(technicians)]
    work = [{"id": f"a{n}", "duration": "PT1H", "place": f"p{n}"} for n in range(activities)]
    for path, items in (("places", places), ("technicians", people), ("activities", work)):
        parts = [items[n : n + BULK] for n in range(0, len(items), BULK)]
        row(f"bulk upsert of {path}, up to {BULK}", len(parts), _sending(client, path, parts))
    url = _at("activities", "a0")
    etag = client.get(url).headers["ETag"]

    def change() -> Any:
        nonlocal etag
        answer = client.patch(url, json={"name": etag}, headers={"If-Match": etag})
        etag = answer.headers["ETag"]
        return answer

    row("one activity read", 100, lambda: client.get(url))
    row("one activity changed", 100, change)
    row("a page of 100 activities", 30, lambda: client.get(_at("activities")))


def _sending(client: Any, path: str, parts: list[list[dict[str, Any]]]) -> Ask:
    left = iter(parts)
    return lambda: client.post(_at(path, "bulk"), json={"items": next(left)})


def _plan(client: Any, technicians: int, activities: int, repeats: int, row: Row) -> None:
    horizon = {"since": f"{MONDAY}T00:00:00Z", "until": "2031-01-11T00:00:00Z"}
    row("the week's problem", repeats, lambda: client.get(_at("problem"), params=horizon))
    bookings = list(_bookings(technicians, activities))
    given = {"scope": {"horizon": {"start": horizon["since"], "end": horizon["until"]}}, "bookings": bookings}
    row(f"a draft of {len(bookings)} bookings", repeats, lambda: client.post(_at("plans"), json=given))
    made = client.get(_at("plans"), params={"limit": 1}).json()["items"][0]
    url, etag = _at("plans", made["id"]), f'"{made["etag"]}"'
    row("the plan with its verdict", repeats, lambda: client.get(url))
    hours = itertools.cycle((13, 14, 15))

    def send(verb: str, body: dict[str, Any]) -> Any:
        nonlocal etag
        answer = client.post(f"{url}/{verb}", json=body, headers={"If-Match": etag})
        etag = answer.headers["ETag"]
        return answer

    def edit() -> Any:
        return send("edits", {"place": [{**bookings[0], "start": f"{MONDAY}T{next(hours)}:00:00Z", "end": None}]})

    row("one edit by hand", repeats, edit)
    row("publish", 1, lambda: send("publish", {"despite": ["travel-time", "working-hours"], "why": "measured"}))


def _bookings(technicians: int, activities: int) -> Iterator[dict[str, Any]]:
    """Two a day for each technician, as far as the activities go."""
    for n in range(min(activities, technicians * DAYS * len(STARTS))):
        day, hour = n // technicians % DAYS, STARTS[n // technicians // DAYS]
        start = f"2031-01-{6 + day:02}T{hour:02}:00:00Z"
        end = f"2031-01-{6 + day:02}T{hour + 1:02}:00:00Z"
        yield {
            "activity": f"a{n}",
            "requirement": "technician",
            "resource": f"t{n % technicians}",
            "start": start,
            "end": end,
        }


def _at(*parts: str) -> str:
    return "/".join(["/api/v1", *parts])


def _row(name: str, count: int, ask: Ask, bare: float | None = None) -> float:
    spent = []
    for _ in range(count):
        begin = time.process_time()
        answer = ask()
        spent.append((time.process_time() - begin) * 1000)
        assert answer.status_code < 300, f"{name}: {answer.status_code} {answer.text[:500]}"
    median = statistics.median(spent)
    typer.echo(f"| {name} | {median:.1f} | {max(spent):.1f} | {median / (bare or median):.1f} |")
    return median


@contextmanager
def _office(database: str) -> Iterator[Any]:
    """The app in this process, with somebody who may do everything, and a bare route beside its own."""
    import structlog
    from fastapi.testclient import TestClient
    from sqlalchemy import text

    from service.access.keys import new_key
    from service.access.permission import Role
    from service.app import create_app
    from service.settings import Settings
    from service.work import utc_now

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    app = create_app(Settings(database_url=database, demo=False, rate_limit="1000000/second", workers=0))

    @app.get("/bare")
    def bare() -> dict[str, int]:
        with app.state.house.database.engine.connect() as connection:
            return {"one": int(connection.execute(text("select 1")).scalar() or 0)}

    with TestClient(app) as client:
        with app.state.house.database.writing("main") as session:
            _, secret = new_key(session, "main", "benchmark", Role.ADMIN, utc_now())
        client.headers["Authorization"] = f"Bearer {secret}"
        yield client
