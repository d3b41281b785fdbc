"""Two dispatchers, a technician and an administrator at once: no lost change, no double booking, audit complete.

`HYPOTHESIS_PROFILE=full pytest tests/service/test_dispatchers_machine.py` goes further.
"""

from collections.abc import Callable
from itertools import pairwise
from secrets import token_hex
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from service.access.permission import Role
from service.kept import Memory
from tests.service.conftest import BASE, signed_in
from tests.service.office import ACTIVITIES, Dispatcher, at, open_office, placed

Where = dict[str, tuple[str, str]]
"""By activity, who and when."""

WHO = st.sampled_from(["ann", "bob"])
DESKS = st.sampled_from([0, 1])
WORK = st.sampled_from(ACTIVITIES[:2])
CLOCKS = st.sampled_from(["9:00", "9:30", "13:00"])
ACCEPTED = ["working-hours", "no-overlap"]
"""Who publishes accepts the first always, the other one sometimes."""
OVERLAPS = """
    select count(*) from bookings a join bookings b
    on a.tenant = b.tenant and a.resource = b.resource and a.activity < b.activity
    and a.busy_from < b.busy_until and b.busy_from < a.busy_until
    where a.tenant = :tenant and not a.waived and not b.waived
"""


class Desk(Dispatcher):
    """A dispatcher's draft beside what the test knows of it: what stood when it was made, and what it changed."""

    def __init__(self, client: TestClient, known: int, stood: Where) -> None:
        super().__init__(client)
        self.known, self.stood, self.mine = known, stood, dict(stood)


class Office(RuleBasedStateMachine):
    app: FastAPI

    @initialize()
    def open(self) -> None:
        self.tenant = f"office-{token_hex(4)}"
        self.client = signed_in(self.app, tenant=self.tenant)
        open_office(self.client)
        self.technician = signed_in(self.app, Role.TECHNICIAN, tenant=self.tenant, resource="ann")
        self.live: Where = {}
        self.numbers: list[Where] = [{}]
        """What was in force after each publication."""
        self.desks = [self._desk(), self._desk()]

    def _audit_size(self) -> int:
        with self.app.state.house.database.reading(self.tenant) as session:
            count = session.scalar(text("select count(*) from audit where tenant = :tenant"), {"tenant": self.tenant})
            return int(count or 0)

    def _done(self, answer: Response, *expected: int) -> bool:
        """Whether it took effect; any other answer than those expected fails."""
        assert answer.status_code in (200, 201, 204, *expected), answer.text
        return answer.status_code < 300

    def _desk(self) -> Desk:
        return Desk(self.client, len(self.numbers) - 1, dict(self.live))

    @rule(n=DESKS)
    def begin_again(self, n: int) -> None:
        self.desks[n] = self._desk()

    @rule(n=DESKS, activity=WORK, who=WHO, clock=CLOCKS)
    def place(self, n: int, activity: str, who: str, clock: str) -> None:
        desk = self.desks[n]
        if self._done(desk.place(placed(activity, who, clock))):
            desk.mine[activity] = (who, at(clock))

    @rule(n=DESKS, activity=WORK)
    def take_out(self, n: int, activity: str) -> None:
        desk = self.desks[n]
        if self._done(desk.take_out(activity)):
            desk.mine.pop(activity, None)

    @rule(n=DESKS, who=WHO)
    def put_one_onto_the_other(self, n: int, who: str) -> None:
        self.place(n, "a", who, "9:00")
        self.place(n, "b", who, "9:30")

    @rule(n=DESKS, who=WHO)
    def quarrel(self, n: int, who: str) -> None:
        """Both move one activity, and one of the two publishes it first."""
        self.place(n, "a", who, "13:00")
        self.place(1 - n, "a", who, "9:00")
        self.publish(1 - n, despite=False)

    @rule(n=DESKS)
    def change_what_somebody_else_changed(self, n: int) -> None:
        desk = self.desks[n]
        desk.etag, newest = '"0000000000000000"', desk.etag
        assert desk.take_out("a").status_code == 412
        desk.etag = newest

    @rule(n=DESKS, despite=st.booleans())
    def publish(self, n: int, despite: bool) -> None:
        desk = self.desks[n]
        answer = desk.publish(why="it is time", despite=ACCEPTED if despite else ACCEPTED[:1])
        if desk.known < len(self.numbers) - 1:
            assert answer.status_code == 409, "somebody else published meanwhile"
        elif not despite and _overlapping(desk.mine):
            assert answer.status_code == 422 and answer.json()["violations"][0]["rule"] == "no-overlap"
        elif self._done(answer):
            self._in_force(desk.mine)
            self.desks[n] = self._desk()

    @rule(n=DESKS, keep=st.sampled_from(["refuse", "mine", "published"]))
    def rebase(self, n: int, keep: str) -> None:
        desk = self.desks[n]
        clashes = {
            name
            for name in ACTIVITIES
            if desk.stood.get(name) not in (desk.mine.get(name), self.live.get(name))
            and desk.mine.get(name) != self.live.get(name)
        }
        if not self._done(desk.rebase(keep), 409):
            assert clashes and keep == "refuse"
            return
        assert not clashes or keep != "refuse"
        merged = {name: _merged(desk, self.live, name, keep == "mine") for name in ACTIVITIES}
        desk.mine = {name: where for name, where in merged.items() if where is not None}
        desk.known, desk.stood = len(self.numbers) - 1, dict(self.live)

    @precondition(lambda self: len(self.numbers) > 1)
    @rule(stale=st.booleans())
    def undo(self, stale: bool) -> None:
        newest = len(self.numbers) - 1
        given = {"number": newest - stale, "why": "a mistake", "despite": ACCEPTED}
        answer = self.client.post(f"{BASE}/publications/undo", json=given)
        if stale:
            assert answer.status_code in (409, 422)
        elif self._done(answer):
            self._in_force(self.numbers[newest - 1])

    @rule(activity=WORK)
    def technician_accepts(self, activity: str) -> None:
        report = {"activity": activity, "requirement": "technician", "kind": "accepted"}
        answer = self.technician.post(f"{BASE}/my/reports", json=report)
        mine = self.live.get(activity, ("", ""))[0] == "ann"
        assert self._done(answer, 404, 409) <= mine
        assert answer.status_code != 404 or not mine

    @rule(activity=WORK, priority=st.integers(1, 5))
    def administrator_changes_an_activity(self, activity: str, priority: int) -> None:
        url = f"{BASE}/activities/{activity}"
        read = self.client.get(url)
        before = self._audit_size()
        self._done(self.client.patch(url, json={"priority": priority}, headers={"If-Match": read.headers["ETag"]}))
        changed = read.json()["value"]["priority"] != priority
        assert self._audit_size() == before + changed, "a change is audited, and what is none is not"

    @rule(who=WHO, start=st.sampled_from(["08:00", "09:15"]))
    def administrator_changes_working_hours(self, who: str, start: str) -> None:
        url = f"{BASE}/technicians/{who}"
        etag = self.client.get(url).headers["ETag"]
        weekly = {str(day): [{"start": start, "end": "17:00"}] for day in range(7)}
        changes = {"working_hours": {"weekly": weekly}}
        self._done(self.client.patch(url, json=changes, headers={"If-Match": etag}))

    def _in_force(self, where: Where) -> None:
        self.live = dict(where)
        self.numbers.append(dict(where))

    @invariant()
    def what_is_published_is_what_was_published_last(self) -> None:
        if not hasattr(self, "live"):
            return
        items = self.client.get(f"{BASE}/bookings").json()["items"]
        values = [item["value"] for item in items]
        assert {v["activity"]: (v["resource"], v["start"]) for v in values} == _plain(self.live)

    @invariant()
    def drafts_hold_what_their_dispatchers_did(self) -> None:
        for desk in getattr(self, "desks", ()):
            bookings = desk.read()["plan"]["bookings"]
            assert {b["activity"]: (b["resource"], b["start"]) for b in bookings} == _plain(desk.mine)

    @invariant()
    def who_remembers_nothing_judges_the_same(self) -> None:
        """What is kept of earlier judgements is never taken for what is given now."""
        for desk in getattr(self, "desks", ()):
            said, database = desk.judged(), self.app.state.house.database
            kept, database.memory = database.memory, Memory()
            anew, database.memory = desk.judged(), kept
            assert sorted(map(str, said["violations"])) == sorted(map(str, anew["violations"]))
            assert said["score"] == anew["score"]

    @invariant()
    def nobody_is_in_two_places_at_once(self) -> None:
        if hasattr(self, "tenant"):
            with self.app.state.house.database.reading(self.tenant) as session:
                assert session.scalar(text(OVERLAPS), {"tenant": self.tenant}) == 0

    @invariant()
    def every_publication_is_in_the_audit(self) -> None:
        if hasattr(self, "numbers"):
            entries = self.client.get(f"{BASE}/audit", params={"kind": "plan", "limit": 1000}).json()["items"]
            told = [entry["after"]["publication"] for entry in entries if entry["action"] == "publish"]
            assert told == list(range(len(self.numbers) - 1, 0, -1))


def _merged(desk: Desk, live: Where, name: str, mine_first: bool) -> Any:
    stood, mine, there = (found.get(name) for found in (desk.stood, desk.mine, live))
    return mine if mine != stood and (mine_first or there == stood) else there


def _overlapping(where: Where) -> bool:
    """Whether somebody is at two activities, an hour each, at the same time."""
    spans = sorted((who, start) for who, start in where.values())
    return any(a[0] == b[0] and _minutes(b[1]) - _minutes(a[1]) < 60 for a, b in pairwise(spans))


def _minutes(moment: str) -> int:
    hour, minute = moment[11:16].split(":")
    return int(hour) * 60 + int(minute)


def _plain(where: Where) -> Where:
    return {name: (who, start.replace("+00:00", "Z")) for name, (who, start) in where.items()}


@pytest.fixture
def office(anybody: TestClient, app: FastAPI) -> Callable[[], Office]:
    machine = type("Here", (Office,), {"app": app})
    return machine


@pytest.mark.slow
def test_two_dispatchers_a_technician_and_an_administrator(office: Callable[[], Office]) -> None:
    full = settings().max_examples > 1000
    run_state_machine_as_test(
        office,
        settings=settings(
            max_examples=300 if full else 7,
            stateful_step_count=30 if full else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
