"""Two dispatchers, a technician and a worker at once, in any order: no change is lost, nobody is booked twice, and the
audit tells it all.

A small part runs always; the whole: HYPOTHESIS_PROFILE=full .venv/bin/pytest -n 0 tests/service/test_together.py
"""

import itertools
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from service.access.permission import Role
from service.runs import landing, queue
from service.runs.job import Job, Solved
from service.runs.queue import Lease
from service.runs.worker import Worker
from service.settings import Settings
from service.tables import RunRow
from tests.service.conftest import BASE, signed_in
from tests.service.office import ACTIVITIES, open_office
from tests.service.test_field import ALWAYS, HORIZON, TOMORROW, at

WHOLE = os.environ.get("HYPOTHESIS_PROFILE") == "full"
EXAMPLES, STEPS = (150, 40) if WHOLE else (4, 25)
PEOPLE = ("ann", "bob")
TENANTS = (f"company-{n}" for n in itertools.count())
REPORTS = ("accepted", "declined", "travelling", "in-progress", "late", "completed")
NEXT = {
    "published": ("accepted", "travelling", "in-progress", "declined"),
    "accepted": ("travelling", "in-progress", "late", "declined"),
    "declined": ("accepted",) * 4,
    "travelling": ("in-progress", "in-progress", "late", "declined"),
    "in-progress": ("completed", "completed", "completed", "late"),
    "completed": ("late",) * 4,
}
WHO, WHAT, HOURS = st.sampled_from((0, 1)), st.sampled_from(ACTIVITIES), st.integers(8, 12)
COUNTS = ("steps", "seconds", "scheduled", "unscheduled", "breaches", "seed", "memory")
FIGURES = {"stopped": "", "cost": [], "bound": [], "gap": None, "versions": {}, **dict.fromkeys(COUNTS, 0)}
Values = dict[str, dict[str, Any]]


class QuickWorker(Worker):
    """A worker whose solver is quick: it puts the first activity that nobody does where there is room."""

    def _solved(self, lease: Lease, job: Job) -> Solved:
        problem = Problem.model_validate_json(job.problem)
        standing = problem.standing or Plan()
        bookings = list(standing.bookings)
        done = {booking.activity for booking in bookings}
        for activity in (a for a in problem.activities if a.id not in done and not a.actual_start):
            bookings.append(_first_free(activity.id, bookings))
            break
        plan = Plan(bookings=tuple(bookings))
        return Solved(plan.model_dump_json().encode(), dict(FIGURES))


def _first_free(activity: str, bookings: list[Booking]) -> Booking:
    for hour, who in itertools.product(range(8, 20), PEOPLE):
        start = TOMORROW + timedelta(hours=hour)
        end = start + timedelta(hours=1)
        if not any(b.resource == who and b.start < end and start < b.end for b in bookings):
            return Booking(activity=activity, requirement="technician", resource=who, start=start, end=end)
    raise AssertionError("a day is long enough")


class Together(RuleBasedStateMachine):
    """What was acknowledged is written down here and must be what the service says, after every step.

    Which of two wins is not foreseen, so nothing that is drawn may hang on it: rules have no preconditions.
    """

    app: FastAPI

    @initialize()
    def begin(self) -> None:
        tenant = next(TENANTS)
        self.admin = signed_in(self.app, tenant=tenant)
        self.dispatchers = [signed_in(self.app, Role.DISPATCHER, tenant) for _ in range(2)]
        self.technician = signed_in(self.app, Role.TECHNICIAN, tenant, resource="ann")
        open_office(self.admin)
        for name in PEOPLE:
            url = f"{BASE}/technicians/{name}"
            etag = self.admin.get(url).headers["ETag"]
            assert self.admin.patch(url, json={"working_hours": ALWAYS}, headers={"If-Match": etag}).is_success
        self.activities = {name: self.read(f"activities/{name}") for name in ACTIVITIES}
        self.seen: list[dict[str, str]] = [{name: v["etag"] for name, v in self.activities.items()} for _ in range(2)]
        self.drafts: list[tuple[str, str] | None] = [None, None]
        self.bookings: Values = {}
        self.absences: set[str] = set()
        self.acknowledged: Counter[tuple[str, str]] = Counter()
        self.taken: list[tuple[Lease, RunRow, bytes]] = []
        self.names = itertools.count()
        self.tenant = tenant
        self.worker = QuickWorker(self.app.state.house.database, Settings(workers=0), threading.Event())
        for what, resource, hour in (("a", "ann", 9), ("b", "ann", 11), ("c", "bob", 9)):
            self.place(0, what, resource, hour)
        self.publish(0, False)
        assert self.acknowledged["publish", "plan"] == 1

    def read(self, path: str) -> dict[str, Any]:
        answer = self.admin.get(f"{BASE}/{path}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _published(self) -> Values:
        found = self.read("bookings")["items"]
        return {item["value"]["activity"]: item for item in found}

    # What dispatchers do.

    @rule(who=WHO, what=WHAT)
    def look(self, who: int, what: str) -> None:
        self.seen[who][what] = self.dispatchers[who].get(f"{BASE}/activities/{what}").json()["etag"]

    @rule(who=WHO, what=WHAT)
    def rename(self, who: int, what: str) -> None:
        """With the version that was last seen, which may be an old one."""
        current = self.seen[who][what] == self.activities[what]["etag"]
        answer = self._rename(who, what, self.seen[who][what])
        assert answer.status_code == (200 if current else 412), answer.text
        self._took(who, what, answer)

    @rule(what=WHAT)
    def rename_at_once(self, what: str) -> None:
        """Both with the newest version: one of them wins."""
        etag = self.activities[what]["etag"]
        answers = self._at_once(*(lambda who=who: self._rename(who, what, etag) for who in (0, 1)))
        assert sorted(answer.status_code for answer in answers) == [200, 412], [a.text for a in answers]
        for who, answer in enumerate(answers):
            self._took(who, what, answer)

    def _rename(self, who: int, what: str, etag: str) -> Response:
        url, name = f"{BASE}/activities/{what}", f"name {next(self.names)}"
        return self.dispatchers[who].patch(url, json={"name": name}, headers={"If-Match": etag})

    def _took(self, who: int, what: str, answer: Response) -> None:
        if answer.status_code == 200:
            self.activities[what] = answer.json()
            self.seen[who][what] = answer.json()["etag"]
            self.acknowledged["change", "activity"] += 1

    @rule(who=WHO)
    def draft(self, who: int) -> None:
        """Begin anew with what is published."""
        answer = self.dispatchers[who].post(f"{BASE}/plans", json={"scope": {"horizon": HORIZON}})
        assert answer.status_code == 201, answer.text
        self.drafts[who] = answer.json()["id"], answer.json()["etag"]

    @rule(who=WHO, what=WHAT, resource=st.sampled_from(PEOPLE), hour=HOURS)
    def place(self, who: int, what: str, resource: str, hour: int) -> None:
        if self.drafts[who] is None:
            self.draft(who)
        draft = self.drafts[who]
        assert draft is not None
        given = {"activity": what, "requirement": "technician", "resource": resource, "start": at(hour)}
        answer = self._send(who, draft, "edits", {"place": [given]})
        assert answer.status_code == 200, answer.text
        self.drafts[who] = draft[0], answer.json()["plan"]["etag"]

    @rule(who=WHO, despite=st.booleans())
    def publish(self, who: int, despite: bool) -> None:
        if (draft := self.drafts[who]) is not None:
            given = {"despite": ["no-overlap", "mandatory"], "why": "it has to be"} if despite else {}
            self._is_published(who, self._send(who, draft, "publish", given))

    @rule()
    def publish_at_once(self) -> None:
        """Of two plans that know nothing of each other at most one comes into force."""
        if not all(self.drafts):
            return
        sends = (lambda who=who: self._send(who, self.drafts[who], "publish", {}) for who in (0, 1))
        answers = self._at_once(*sends)
        assert [answer.status_code for answer in answers].count(200) <= 1, [answer.text for answer in answers]
        for who, answer in enumerate(answers):
            self._is_published(who, answer)

    @rule(who=WHO)
    def rebase(self, who: int) -> None:
        if (draft := self.drafts[who]) is not None:
            answer = self._send(who, draft, "rebase", {"keep": "mine"})
            assert answer.status_code in (200, 409, 422), answer.text
            if answer.status_code == 200:
                self.drafts[who] = draft[0], answer.json()["plan"]["etag"]

    def _send(self, who: int, draft: tuple[str, str] | None, verb: str, given: dict[str, Any]) -> Response:
        assert draft is not None
        url = f"{BASE}/plans/{draft[0]}/{verb}"
        return self.dispatchers[who].post(url, json=given, headers={"If-Match": draft[1]})

    def _is_published(self, who: int, answer: Response) -> None:
        assert answer.status_code in (200, 409, 412, 422), answer.text
        if answer.status_code != 200:
            return
        draft, self.drafts[who] = self.drafts[who], None
        assert draft is not None
        plan = self.read(f"plans/{draft[0]}")["plan"]["bookings"]
        before, self.bookings = self.bookings, self._published()
        assert {b["activity"]: _place(b) for b in plan} == {n: _place(b["value"]) for n, b in self.bookings.items()}
        for name, item in before.items():
            kept = self.bookings.get(name)
            if kept is not None and _place(kept["value"]) == _place(item["value"]):
                assert kept == item or _is_waived_otherwise(kept, item), "what stays keeps its version and its status"
            if item["value"]["status"] in ("in-progress", "completed"):
                assert kept is not None and kept["value"]["status"] == item["value"]["status"]
        self.acknowledged["publish", "plan"] += 1

    # What the technician does.

    @rule(n=st.integers(0, 3), step=st.integers(0, 3))
    def go_on(self, n: int, step: int) -> None:
        """What comes next with one of the technician's own bookings."""
        own = sorted(name for name, item in self.bookings.items() if item["value"]["resource"] == "ann")
        if own:
            what = own[n % len(own)]
            self.tell(what, NEXT[self.bookings[what]["value"]["status"]][step])

    @rule(what=WHAT, kind=st.sampled_from(REPORTS))
    def tell(self, what: str, kind: str) -> None:
        """Whatever it is about, and whether it can be or not."""
        answer = self._tell(what, kind)
        mine = what in self.bookings and self.bookings[what]["value"]["resource"] == "ann"
        assert answer.status_code in ((201, 409) if mine else (404,)), answer.text
        self._was_told(what, kind, answer)

    @rule(what=WHAT)
    def start_twice_at_once(self, what: str) -> None:
        """A finger that trembles."""
        answers = self._at_once(*[lambda: self._tell(what, "in-progress")] * 2)
        assert [answer.status_code for answer in answers].count(201) <= 1, [answer.text for answer in answers]
        for answer in answers:
            self._was_told(what, "in-progress", answer)

    def _tell(self, what: str, kind: str) -> Response:
        more = {"declined": {"note": "no key"}, "late": {"late_by": 10}}.get(kind, {})
        given = {"activity": what, "requirement": "technician", "kind": kind, **more}
        return self.technician.post(f"{BASE}/my/reports", json=given)

    def _was_told(self, what: str, kind: str, answer: Response) -> None:
        assert answer.status_code in (201, 404, 409, 412), answer.text
        if answer.status_code != 201:
            return
        self.acknowledged["create", "report"] += 1
        if kind == "late":
            return
        self.acknowledged["report", "booking"] += 1
        was, self.bookings = self.bookings[what], self._published()
        assert self.bookings[what]["value"] == {**was["value"], "status": kind}
        self._has_time_off(was["value"], kind)
        if kind in ("in-progress", "completed"):
            known, self.activities[what] = self.activities[what]["value"], self.read(f"activities/{what}")
            now = self.activities[what]["value"]
            assert {n for n in now if now[n] != known[n]} <= {"status", "actual_start", "actual_end"}
            self.acknowledged["change", "activity"] += 1

    def _has_time_off(self, booking: dict[str, Any], kind: str) -> None:
        """For as long as they decline it, and no longer."""
        found = {item["id"]: item["value"] for item in self.read("absences")["items"]}
        before, self.absences = self.absences, set(found)
        slot = datetime.fromisoformat(booking["start"]), datetime.fromisoformat(booking["end"])
        away = [
            tuple(map(datetime.fromisoformat, (a["interval"]["start"], a["interval"]["end"]))) for a in found.values()
        ]
        if kind == "declined":
            assert before <= self.absences and slot in away
        elif booking["status"] == "declined":
            assert self.absences < before and slot not in away
        else:
            assert before == self.absences
        self.acknowledged["create", "absence"] += len(self.absences - before)
        self.acknowledged["delete", "absence"] += len(before - self.absences)

    @rule(day=st.integers(2, 5))
    def be_away(self, day: int) -> None:
        given = {"interval": {"start": at(24 * day), "end": at(24 * day + 5)}, "reason": "away"}
        answer = self.technician.post(f"{BASE}/my/absences", json=given)
        assert answer.status_code == 201, answer.text
        self.absences.add(answer.json()["id"])
        self.acknowledged["create", "absence"] += 1

    # What the worker does.

    @rule(who=WHO)
    def have_a_plan_made(self, who: int) -> None:
        """From asking to the proposal, and into force."""
        self.ask_for_a_plan(who)
        self.take_a_run()
        while self.taken:
            self.land_a_run(who)
        self.publish(who, True)

    @rule(who=WHO)
    def ask_for_a_plan(self, who: int) -> None:
        answer = self.dispatchers[who].post(f"{BASE}/runs", json={"scope": {"horizon": HORIZON}, "time_limit": 1})
        assert answer.status_code == 201, answer.text

    @rule()
    def take_a_run(self) -> None:
        database = self.worker._database
        while (lease := queue.claim(database, self.worker.name)) is not None:
            self.taken.append((lease, *landing.first(database, lease)))
            if lease.tenant == self.tenant:
                return
            self._land()  # it was left over by the company before

    @rule(who=WHO)
    def land_a_run(self, who: int) -> None:
        """Whatever happened since it was taken. A dispatcher goes on with the proposal."""
        if not self.taken:
            return
        lease = self._land()
        run = self.read(f"runs/{lease.run}")
        if run["status"] == "done":
            plan = self.read(f"plans/{run['proposal']}")
            self.drafts[who] = plan["id"], plan["etag"]

    def _land(self) -> Lease:
        lease, row, problem = self.taken.pop()
        with suppress(queue.LeaseLost):
            self.worker._solve_and_land(lease, row, problem)
        return lease

    # What must hold.

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "names"):
            assert self._published() == self.bookings
            found = self.read("activities")["items"]
            assert {item["id"]: item for item in found} == self.activities
            assert {item["id"] for item in self.read("absences")["items"]} == self.absences

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        if hasattr(self, "names"):
            for one, other in itertools.combinations(self.bookings.values(), 2):
                assert one["waived"] or other["waived"] or not _clash(one["value"], other["value"]), (one, other)

    def teardown(self) -> None:
        """The audit has an entry for each change that was acknowledged, none for others, and leads to what is there."""
        if not hasattr(self, "names"):
            return
        entries = self._audit()
        while self.taken:
            self._land()
        for (action, kind), count in self.acknowledged.items():
            event(f"{action} {kind}: {'some' if count > 1 else count}")
        about = {key: count for key, count in self.acknowledged.items() if count}
        said = Counter((entry["action"], entry["kind"]) for entry in entries)
        assert {key: said[key] for key in about} == about
        for name, known in self.activities.items():
            chain = [e for e in entries if e["kind"] == "activity" and e["subject"] == name]
            assert chain[0]["before"] is None
            assert all(e["before"] == former["after"] for former, e in itertools.pairwise(chain))
            assert chain[-1]["after"] == known["value"]
        assert all(entry["who"] and entry["request"] for entry in entries)

    def _audit(self) -> list[dict[str, Any]]:
        """From the first entry to the newest."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.read(f"audit?limit=1000{'&cursor=' + cursor if cursor else ''}")
            found, cursor = found + page["items"], page["next"]
        return found[::-1]

    def _at_once(self, *sends: Callable[[], Response]) -> list[Response]:
        with ThreadPoolExecutor(len(sends)) as pool:
            return [future.result() for future in [pool.submit(send) for send in sends]]


def _place(booking: dict[str, Any]) -> tuple[str, datetime, datetime]:
    return booking["resource"], datetime.fromisoformat(booking["start"]), datetime.fromisoformat(booking["end"])


def _is_waived_otherwise(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether a new overlap with something else was waived, or one is gone, and nothing but that changed."""
    return bool(one["waived"] != other["waived"] and one["value"]["status"] == other["value"]["status"])


def _clash(one: dict[str, Any], other: dict[str, Any]) -> bool:
    (who, start, end), (whom, begin, finish) = _place(one), _place(other)
    return who == whom and start < finish and begin < end


@pytest.mark.slow
def test_they_get_along(anybody: TestClient, app: FastAPI) -> None:
    machine = type("Together", (Together,), {"app": app})
    quiet = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=quiet),
    )
