"""The contract on Exchange, by impersonation and as a delegate, against our strict double of its web services."""

from scheduler.sync.backends.exchange import Access
from tests.sync.backends.contract import BackendContract
from tests.sync.backends.ews.fixtures import WithExchange


class TestImpersonation(WithExchange, BackendContract):
    pass


class TestDelegate(WithExchange, BackendContract):
    access = Access.DELEGATE


class TestAnotherZone(WithExchange, BackendContract):
    """The zone words meeting requests; it must not move a moment."""

    zone = "Europe/Berlin"
