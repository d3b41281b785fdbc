"""Settings to open connections: backends, store, mail server."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scheduler.sync.connections.caldav import open_caldav
from scheduler.sync.connections.exchange import open_exchange
from scheduler.sync.connections.graph import open_graph
from scheduler.sync.connections.itip import open_itip
from scheduler.sync.connections.secrets import Vault
from scheduler.sync.connections.settings import (
    AnyConnection,
    CalDavConnection,
    ExchangeConnection,
    FeedsConnection,
    GraphConnection,
    ITipConnection,
    Settings,
)
from scheduler.sync.cycle import Connection
from scheduler.sync.notice.telling import Tell
from scheduler.sync.port import Backend
from scheduler.sync.store.port import Store
from scheduler.sync.store.sqlite import SqliteStore


@dataclass(frozen=True)
class Opened:
    """What a connections file speaks of, ready to be used."""

    settings: Settings
    store: Store
    connections: dict[str, Connection]
    secret: bytes
    tell: Tell | None


@contextmanager
def opened(settings: Settings, folder: Path, vault: Vault) -> Iterator[Opened]:
    """Open everything and close it again. `folder` is where the file lies."""
    secret = vault.reveal(settings.secret, "secret").get_secret_value().encode()
    with ExitStack() as stack:
        connections = {}
        for name, given in settings.connections.items():
            backend = open_backend(given, vault, f"connections.{name}", folder)
            stack.callback(backend.close)
            connections[name] = Connection(backend, given.policy, given.limits)
        store = SqliteStore(folder / settings.store)
        stack.callback(store.close)
        tell = settings.mail.server(vault, "mail.password") if settings.mail else None
        yield Opened(settings, store, connections, secret, tell)


def open_backend(given: AnyConnection, vault: Vault, path: str, folder: Path = Path()) -> Backend:
    """The backend of a connection; only the libraries of its own kind are loaded. `folder` is where the file lies."""
    if isinstance(given, ExchangeConnection):
        return open_exchange(given, vault, path)
    if isinstance(given, GraphConnection):
        return open_graph(given, vault, path)
    if isinstance(given, ITipConnection):
        return open_itip(given, vault, path)
    if isinstance(given, CalDavConnection):
        return open_caldav(given, vault, path)
    if isinstance(given, FeedsConnection):
        from scheduler.sync.backends.ics import Feeds

        return Feeds(folder / given.folder)
    from scheduler.sync.backends.memory import Memory

    return Memory()
