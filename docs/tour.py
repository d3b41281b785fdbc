"""A tour of the service over HTTP: from a company in a file to events in calendars, and back.

    python docs/tour.py

starts the service and a CalDAV server (Radicale) in a folder of its own, imports the demo company, plans its week,
compares, edits, locks and publishes it. Then the events stand in the technicians' calendars and in a feed; one of them
moves an event, and the dispatcher answers. Everything is stopped again at the end.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import icalendar

from scheduler.sync.connections.secrets import new_key
from service.files.demo import demo_company

PASSWORD = "correct horse battery"
QUARTER = timedelta(minutes=15)
RADICALE = """\
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
[storage]
filesystem_folder = {folder}/calendars
"""


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="fieldplan-tour-")))
        company = demo_company(date.today())
        users = {t.id: (t.email or "").partition("@")[0] for t in company.technicians}
        calendars = stack.enter_context(calendar_server(folder, list(users.values())))
        api = stack.enter_context(service(folder))

        said = api.post("/imports", files={"files": ("week.json", company.model_dump_json())}).json()
        say("imported: " + ", ".join(f"{counts['created']} {kind}" for kind, counts in said["kinds"].items()))

        connect(api, calendars)
        plan = run(api, said["horizon"])
        moved = edit_and_lock(api, plan)
        publish(api, plan)
        wait_for_calendars(api)

        mine = stack.enter_context(calendar_of(calendars, users[moved["resource"]]))
        path = show_calendar(mine, f"/{users[moved['resource']]}/calendar/", moved)
        feed = api.post("/feeds", json={"name": "Tour", "resources": [moved["resource"]]}).json()["address"]
        show_feed(feed, moved["activity"], moved["start"])

        later = moved["start"] + QUARTER
        move_event(mine, path, QUARTER)
        say(f"{moved['resource']} moves {moved['activity']} to {later:%H:%M} in the calendar")
        answer_question(api, moved["activity"])
        wait_for_calendars(api)
        require(begin_of(mine, path) == later, "the event stands where it was moved to")
        show_feed(feed, moved["activity"], later)


# What a dispatcher does


def connect(api: httpx.Client, calendars: str) -> None:
    """A connection for everybody, tried out before anything is planned."""
    value = {
        "kind": "caldav",
        "url": f"{calendars}/{{user}}/",
        "login": {"username": "{user}", "password": PASSWORD},
        "policy": {"moved": "ask"},
    }
    kept = api.put("/connections/office", json={"default": True, "value": value}).json()
    require(PASSWORD not in str(kept), "the password is not told again")
    tried = api.post("/connections/office/test", json={}).json()["mailboxes"]
    require(all(one["works"] for one in tried), f"the connection works for {len(tried)} mailboxes")


def run(api: httpx.Client, horizon: dict[str, str]) -> str:
    """Have the week planned. What comes out is a proposal."""
    asked = {"scope": {"horizon": horizon}, "time_limit": 5, "seed": 1}
    id = api.post("/runs", json=asked).json()["id"]
    found = until(lambda: ended(api.get(f"/runs/{id}").json()), 300)
    require(found["status"] == "done", f"the run is {found['status']}")
    plan: str = found["proposal"]
    comparison = api.get(f"/plans/{plan}/comparison").json()
    moves, more = len(comparison["changes"]), len(comparison["scheduled"])
    say(f"the proposal changes {moves} bookings and schedules {more} activities")
    return plan


def ended(run: dict[str, Any]) -> dict[str, Any] | None:
    return run if run["status"] in ("done", "failed") else None


def edit_and_lock(api: httpx.Client, plan: str) -> dict[str, Any]:
    """Move one booking a little later, where that breaches no rule, and lock it there."""
    value = api.get(f"/plans/{plan}").json()
    technicians = {item["id"] for item in api.get("/technicians").json()["items"]}
    for booking in value["plan"]["bookings"]:
        if booking["resource"] not in technicians or not booking["activity"].startswith("a"):
            continue
        start = datetime.fromisoformat(booking["start"]) + QUARTER
        key = {name: booking[name] for name in ("activity", "requirement", "ordinal", "resource")}
        edited = change(api, plan, {"place": [{**key, "start": start.isoformat()}]})
        if not any(not violation["exempted"] for violation in edited["comparison"]["arising"]):
            say(f"edited: {key['activity']} of {key['resource']} a quarter of an hour later, no rule is breached")
            lock = {**key, "kind": "resource-and-time", "start": start.isoformat(), "why": "agreed on the telephone"}
            change(api, plan, {"locks": [lock]})
            say(f"locked: {key['activity']} at {start:%H:%M}")
            return {**key, "start": start}
        change(api, plan, {"place": [{**key, "start": booking["start"]}]})
    raise SystemExit("no booking can be moved")


def change(api: httpx.Client, plan: str, edit: dict[str, Any]) -> dict[str, Any]:
    etag = api.get(f"/plans/{plan}").headers["ETag"]
    edited: dict[str, Any] = api.post(f"/plans/{plan}/edits", json=edit, headers={"If-Match": etag}).json()
    return edited


def publish(api: httpx.Client, plan: str) -> None:
    """Say what would happen in the calendars, then put the plan into force."""
    rehearsal = api.post("/mailboxes/rehearsal", json={"plan": plan}).json()
    say(f"dry run: {len(rehearsal['changes'])} changes, such as: {rehearsal['changes'][0]}")
    value = api.get(f"/plans/{plan}")
    breached = {violation["rule"] for violation in value.json()["verdict"]["violations"] if not violation["exempted"]}
    given = {"why": "the week is planned", "despite": sorted(breached)}
    made = api.post(f"/plans/{plan}/publish", json=given, headers={"If-Match": value.headers["ETag"]}).json()
    say(f"published as number {made['number']}")


def answer_question(api: httpx.Client, activity: str) -> None:
    api.post("/mailboxes/read", json={})
    asked = until(lambda: next((q for q in api.get("/questions").json()["items"] if q["activity"] == activity), None))
    say(f"question: {asked['text']}")
    answer: dict[str, Any] = {"decision": "accept", "reason": "fine with the customer"}
    url = f"/questions/{asked['id']}/answer"
    version = {"If-Match": asked["etag"]}
    refused = api.post(url, json=answer, headers=version, extensions={"refusal": True})
    if refused.status_code == 422:
        breaches = refused.json()["violations"]
        say(f"the rules object: {'; '.join(breach['text'] for breach in breaches)}")
        answer["despite"] = sorted({breach["rule"] for breach in breaches})
        refused = api.post(url, json=answer, headers=version)
    say(f"accepted, and published as number {refused.json()['publication']['number']}")


def wait_for_calendars(api: httpx.Client) -> None:
    """Until nothing is left to be done in any mailbox."""

    def settled() -> list[dict[str, Any]] | None:
        found = api.get("/mailboxes").json()["items"]
        busy = [one for one in found if one["to_do"] or one["read_at"] is None]
        return None if busy or not any(one["events"] for one in found) else found

    api.post("/mailboxes/read", json={})
    time.sleep(3)  # the publication is shown within a second or two
    found = until(settled)
    say(f"{sum(one['events'] for one in found)} events stand in {len(found)} calendars")


# What a technician sees and does


def show_calendar(dav: httpx.Client, calendar: str, booking: dict[str, Any]) -> str:
    """The address of the booking's event in the technician's calendar."""
    listed = dav.request("PROPFIND", calendar, headers={"Depth": "1"}).text
    for path in re.findall(r"href>([^<]+\.ics)<", listed):
        event = event_at(dav, path)
        if shows(event, booking["activity"]):
            require(
                begin_of(dav, path) == booking["start"], f"the event stands in the calendar at {booking['start']:%H:%M}"
            )
            return path
    raise SystemExit(f"{booking['activity']} does not stand in the calendar")


def show_feed(address: str, activity: str, start: datetime) -> None:
    answer = httpx.get(address)
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    begins = [event["DTSTART"].dt for event in events if shows(event, activity)]
    require(begins == [start], f"the feed shows {activity} at {start:%H:%M}, among {len(events)} events")
    again = httpx.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    require(again.status_code == 304, "who has the feed already is answered by 304")


def move_event(dav: httpx.Client, path: str, later: timedelta) -> None:
    calendar = icalendar.Calendar.from_ical(dav.get(path).content)
    for event in calendar.walk("VEVENT"):
        for name in ("DTSTART", "DTEND"):
            event.add(name, event.pop(name).dt + later)
    dav.put(path, content=calendar.to_ical(), headers={"Content-Type": "text/calendar"})


def begin_of(dav: httpx.Client, path: str) -> datetime:
    begin: datetime = event_at(dav, path)["DTSTART"].dt
    return begin.astimezone(UTC)


def event_at(dav: httpx.Client, path: str) -> Any:
    return icalendar.Calendar.from_ical(dav.get(path).content).walk("VEVENT")[0]


def shows(event: Any, activity: str) -> bool:
    """The text ends with the activity's id."""
    return f"Activity: {activity}" in str(event["DESCRIPTION"]).splitlines()


# Servers


def calendar_of(calendars: str, user: str) -> httpx.Client:
    return httpx.Client(base_url=calendars, auth=(user, PASSWORD), timeout=30, event_hooks={"response": [fine]})


@contextmanager
def calendar_server(folder: Path, users: list[str]) -> Iterator[str]:
    """Radicale with an empty calendar for everybody."""
    port = free_port()
    (folder / "users").write_text("".join(f"{user}:{PASSWORD}\n" for user in users))
    (folder / "radicale").write_text(RADICALE.format(port=port, folder=folder))
    url = f"http://127.0.0.1:{port}"
    with running([sys.executable, "-m", "radicale", "--config", str(folder / "radicale")], folder / "radicale.log"):
        until(lambda: answers(url))
        for user in users:
            with calendar_of(url, user) as dav:
                dav.request("MKCOL", f"/{user}/", extensions={"refusal": True})
                dav.request("MKCALENDAR", f"/{user}/calendar/")
        yield url


@contextmanager
def service(folder: Path) -> Iterator[httpx.Client]:
    """`fieldplan serve` on an empty database, and an admin's key for it."""
    port, log = free_port(), folder / "service.log"
    environment = {
        **os.environ,
        "FIELDPLAN_DATABASE_URL": f"sqlite:///{folder / 'fieldplan.db'}",
        "FIELDPLAN_DEMO": "false",
        "FIELDPLAN_KEYS": new_key(),
    }
    command = [sys.executable, "-c", "from scheduler.cli import main; main()", "serve", "--port", str(port)]
    with running(command, log, environment):
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(f"{url}/healthz"))
        link = re.search(r"/sign-in#(\S+)", log.read_text())
        if link is None:
            raise SystemExit(f"the first start said no link:\n{log.read_text()}")
        with httpx.Client(base_url=f"{url}/api/v1", timeout=60, event_hooks={"response": [fine]}) as api:
            joined = api.post("/session/invitation", json={"invitation": link[1], "password": PASSWORD}).json()
            key = {"name": "tour", "role": "admin"}
            made = api.post("/keys", json=key, headers={"X-CSRF-Token": joined["csrf"]}).json()
        headers = {"Authorization": f"Bearer {made['secret']}"}
        say(f"the service answers at {url}")
        hooks = {"response": [fine]}
        with httpx.Client(base_url=f"{url}/api/v1", timeout=120, headers=headers, event_hooks=hooks) as api:
            yield api


@contextmanager
def running(command: list[str], log: Path, environment: dict[str, str] | None = None) -> Iterator[None]:
    with log.open("w") as said:
        environment = {**(environment or os.environ), "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=environment, cwd=log.parent)
        try:
            yield
        except BaseException:
            print(log.read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code < 500
    except httpx.TransportError:
        return False


def until(found: Callable[[], Any], seconds: float = 120) -> Any:
    """What `found` returns as soon as that is something."""
    end = time.monotonic() + seconds
    while not (result := found()):
        if time.monotonic() > end:
            raise SystemExit(f"waited {seconds:.0f} s in vain")
        time.sleep(0.3)
    return result


def fine(response: httpx.Response) -> None:
    """Refusals end the tour, unless they are part of it."""
    if response.is_error and "refusal" not in response.request.extensions:
        response.read()
        raise SystemExit(f"{response.request.method} {response.url}: {response.status_code} {response.text[:2000]}")


def require(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"not so: {what}")
    say(what)


def say(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    main()
