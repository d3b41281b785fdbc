"""The servers, each started once for a module."""

from collections.abc import Iterator

import pytest

from tests.sync.backends.dav import servers
from tests.sync.backends.dav.servers import Server


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.fixture(scope="module")
def xandikos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.xandikos(tmp_path_factory.mktemp("xandikos")) as running:
        yield running


@pytest.fixture(scope="module")
def cyrus() -> Iterator[Server]:
    servers.skip_without_cyrus()
    with servers.cyrus() as running:
        yield running
