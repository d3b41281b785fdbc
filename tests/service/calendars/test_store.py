"""The contract of stores on the service's database, and what only that one does."""

from collections.abc import Callable, Iterator

import pytest

from scheduler.sync.event import EventKey
from scheduler.sync.store.port import Batch, LeaseLost, Store
from service.calendars.store import TenantStore
from service.database import Database
from service.tables import TenantRow
from service.work import utc_now
from tests.sync.store.contract import BOX, NOW, StoreContract, a_link, a_proposal, an_intent


@pytest.fixture
def opened(database_url: str) -> Iterator[Callable[[str], TenantStore]]:
    databases: list[Database] = []

    def open_store(tenant: str) -> TenantStore:
        databases.append(Database(database_url))
        return TenantStore(databases[-1], tenant)

    first = open_store("main").database
    first.migrate()
    for tenant in ("main", "other"):
        with first.writing(tenant) as session:
            session.add(TenantRow(id=tenant, name=tenant, created_at=utc_now()))
    yield open_store
    for database in databases:
        database.close()


class TestTenantStore(StoreContract):
    @pytest.fixture
    def open_store(self, opened: Callable[[str], TenantStore]) -> Callable[[], Store]:
        return lambda: opened("main")


def test_tenants_have_mailboxes_of_their_own(opened: Callable[[str], TenantStore]) -> None:
    mine, theirs = opened("main"), opened("other")
    mine.publish([an_intent()])
    with mine.hold(BOX, NOW) as held, theirs.hold(BOX, NOW) as other:
        assert held is not None and other is not None
        held.keep(Batch(links=[a_link()], proposals=[a_proposal()], answers=["a"]), NOW)
        assert other.links() == other.intents() == other.proposals() == {} and not other.answered(["a"])
    assert (mine.revision(), theirs.revision()) == (1, 0) and theirs.proposals() == ()


def test_who_was_interrupted_by_a_person_writes_no_more(opened: Callable[[str], TenantStore]) -> None:
    store = opened("main")
    with store.hold(BOX, NOW) as held:
        assert held is not None
        with store.writing() as rows:
            rows.seize(BOX)
            rows.keep(BOX, Batch(links=[a_link()]))
        with pytest.raises(LeaseLost):
            held.keep(Batch(links=[a_link(key=EventKey("late"))]), NOW)
    assert len(store.links(BOX)) == 1


def test_what_was_published_is_undone_with_its_transaction(opened: Callable[[str], TenantStore]) -> None:
    store = opened("main")
    with pytest.raises(ZeroDivisionError), store.writing() as rows:
        rows.publish([an_intent()])
        raise ZeroDivisionError
    assert store.revision() == 0 and store.boxes() == ()
