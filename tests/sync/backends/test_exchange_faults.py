"""Broken connections on the way to Exchange: what is said of the outcome is true, and nothing is written twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from scheduler.sync.backends.exchange import Exchange
from scheduler.sync.errors import Conflict, Unclear, Unreachable
from tests.sync.backends.contract import HOUR, START, WINDOW, an_event, cancelled
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.fixtures import WithExchange
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.people import OLENA, TARAS
from tests.sync.faults.proxy import AFTER, Fault, FaultProxy

WRITES = (b"<m:CreateItem", b"<m:UpdateItem", b"<m:DeleteItem")


class Plan:
    """Faults for the writes to come, one each."""

    def __init__(self) -> None:
        self.next: list[Fault | None] = []

    def __call__(self, method: str, path: str, body: bytes) -> Fault | None:
        return self.next.pop(0) if self.next and any(write in body for write in WRITES) else None


class TestFaults(WithExchange):
    @pytest.fixture
    def plan(self) -> Plan:
        return Plan()

    @pytest.fixture
    def proxy(self, server: EwsServer, plan: Plan) -> Iterator[FaultProxy]:
        proxy = FaultProxy(server.port, plan)
        yield proxy
        proxy.close()

    @pytest.fixture
    def backend(self, proxy: FaultProxy, connected: Callable[..., Exchange]) -> Exchange:
        return connected(f"{proxy.url}/EWS/Exchange.asmx")

    @pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, *AFTER])
    def test_a_create_whose_answer_is_lost_is_unclear_and_sent_once(
        self, backend: Exchange, server: EwsServer, plan: Plan, fault: Fault
    ) -> None:
        plan.next = [fault]
        with pytest.raises(Unclear):
            backend.create(OLENA, an_event())
        arrived = 0 if fault is Fault.DROP_BEFORE else 1
        assert server.operations().count("CreateItem") == arrived
        assert len(backend.find(OLENA, "u1@fieldplan")) == arrived

    @pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, *AFTER])
    def test_other_writes_are_unclear_too(self, backend: Exchange, server: EwsServer, plan: Plan, fault: Fault) -> None:
        created = backend.create(OLENA, an_event())
        plan.next = [fault, fault]
        with pytest.raises(Unclear):
            backend.update(OLENA, created.remote_id, created.version, an_event(start=START + HOUR, sequence=1))
        there = backend.get(OLENA, created.remote_id)
        assert (there.version != created.version) is (fault is not Fault.DROP_BEFORE)
        with pytest.raises(Unclear):
            backend.delete(OLENA, created.remote_id, there.version, cancelled(an_event()))
        assert bool(backend.find(OLENA, "u1@fieldplan")) is (fault is Fault.DROP_BEFORE)

    def test_delays_change_nothing(self, backend: Exchange, plan: Plan) -> None:
        plan.next = [Fault.DELAY]
        created = backend.create(OLENA, an_event())
        assert [e.remote_id for e in backend.find(OLENA, "u1@fieldplan")] == [created.remote_id]

    def test_an_update_that_arrives_twice_is_a_conflict_the_second_time(
        self, backend: Exchange, server: EwsServer, plan: Plan
    ) -> None:
        created = backend.create(OLENA, an_event())
        plan.next = [Fault.DUPLICATE]
        later = an_event(start=START + HOUR, sequence=1)
        with pytest.raises(Conflict):
            backend.update(OLENA, created.remote_id, created.version, later)
        assert backend.get(OLENA, created.remote_id).stamp == later.stamp
        assert server.operations().count("UpdateItem") == 2

    def test_reads_are_unreachable_never_unclear(self, server: EwsServer, connected: Callable[..., Exchange]) -> None:
        for fault in (Fault.DROP_BEFORE, *AFTER):
            proxy = FaultProxy(server.port, lambda method, path, body, fault=fault: fault)
            backend = connected(f"{proxy.url}/EWS/Exchange.asmx")
            for call in (
                lambda b=backend: b.get(OLENA, "x"),
                lambda b=backend: b.find(OLENA, "x"),
                lambda b=backend: b.changes(OLENA, None, WINDOW),
                lambda b=backend: b.busy([OLENA], WINDOW),
                lambda b=backend: b.rooms(),
                lambda b=backend: b.create(OLENA, an_event()),
            ):
                with pytest.raises(Unreachable):
                    call()
            proxy.close()

    def test_a_closed_door_is_unreachable_for_writes_too(
        self, server: EwsServer, proxy: FaultProxy, connected: Callable[..., Exchange]
    ) -> None:
        backend = connected(f"{proxy.url}/EWS/Exchange.asmx")
        created = backend.create(OLENA, an_event())
        backend.close()
        proxy.close()
        with pytest.raises(Unreachable):
            backend.create(OLENA, an_event("u2@fieldplan"))
        with pytest.raises(Unreachable):
            backend.update(OLENA, created.remote_id, created.version, an_event(sequence=1))
        assert server.operations().count("CreateItem") == 1

    def test_with_many_connections_a_broken_one_is_no_busy_server(
        self, backend: Exchange, double: Double, plan: Plan
    ) -> None:
        """exchangelib calls it ErrorServerBusy as soon as it has a second session."""
        double.add_mailbox("p@example.com")
        with ThreadPoolExecutor(4) as pool:
            for n in range(5):
                list(pool.map(lambda m, n=n: backend.create(m, an_event(f"{m} {n}")), (OLENA, TARAS, "p@example.com")))
        assert len(backend._connection._idle) > 1
        for fault in (Fault.DROP_AFTER, Fault.ERROR_AFTER):
            plan.next = [fault]
            with pytest.raises(Unclear):
                backend.create(OLENA, an_event())
        assert len(backend.find(OLENA, "u1@fieldplan")) == 2

    def test_many_connections_that_break_at_once_hang_nobody(
        self, backend: Exchange, double: Double, plan: Plan
    ) -> None:
        """exchangelib's pool of sessions stood still here."""
        plan.next = [Fault.DROP_AFTER] * 40

        def create(n: int) -> str:
            try:
                backend.create((OLENA, TARAS)[n % 2], an_event(f"{n}"))
            except Unclear:
                return "unclear"
            return "done"

        with ThreadPoolExecutor(16) as pool:
            assert Counter(pool.map(create, range(60))) == Counter(unclear=40, done=20)
        assert len(double.mailboxes[OLENA].in_folder("calendar")) == 30
