"""The contract on real CalDAV servers."""

import itertools
from collections.abc import Iterator

import pytest

from scheduler.sync.backends.caldav import CalDav
from tests.sync.backends.contract import BackendContract
from tests.sync.backends.dav import servers
from tests.sync.backends.dav.hand import DavHand
from tests.sync.backends.dav.servers import Server

_numbers = itertools.count()


class OnServer(BackendContract):
    @pytest.fixture
    def backend(self, server: Server) -> Iterator[CalDav]:
        made = server.backend()
        yield made
        made.close()

    @pytest.fixture
    def hand(self, server: Server) -> DavHand:
        return DavHand(server)

    @pytest.fixture
    def mailbox(self, server: Server) -> str:
        return servers.add_mailbox(server, f"olena{next(_numbers)}@example.com")

    @pytest.fixture
    def attendee(self, server: Server) -> str:
        return servers.add_mailbox(server, f"taras{next(_numbers)}@example.com")


class TestRadicale(OnServer):
    @pytest.fixture
    def server(self, radicale: Server) -> Server:
        return radicale


class TestXandikos(OnServer):
    @pytest.fixture
    def server(self, xandikos: Server) -> Server:
        return xandikos


class TestCyrus(OnServer):
    @pytest.fixture
    def server(self, cyrus: Server) -> Server:
        return cyrus
