"""Opened connections. They stay open while their settings stay the same."""

import threading
from collections.abc import Iterable

from scheduler.sync.connections.secrets import KEYS, Vault
from scheduler.sync.port import Backend
from service.calendars.server import Server, kept, opened
from service.settings import Settings
from service.tables import ConnectionRow


def vault(settings: Settings) -> Vault:
    return Vault({KEYS: settings.keys.get_secret_value()})


class Backends:
    """Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.vault, self._lock = vault(settings), threading.Lock()
        self._open: dict[tuple[str, str], tuple[str, Server, Backend]] = {}

    def of(self, rows: Iterable[ConnectionRow]) -> dict[str, tuple[Server, Backend]]:
        """By name, the settings and the opened backend of each. Raises InvalidInput where a secret can't be read."""
        with self._lock:
            return {row.id: self._one(row) for row in rows}

    def _one(self, row: ConnectionRow) -> tuple[Server, Backend]:
        known = self._open.get((row.tenant, row.id))
        if known is None or known[0] != row.etag:
            if known is not None:
                known[2].close()
            server = kept(row.value)
            known = self._open[row.tenant, row.id] = (row.etag, server, opened(server, self.vault, row.id))
        return known[1], known[2]

    def close(self) -> None:
        with self._lock:
            for _, _, backend in self._open.values():
                backend.close()
            self._open.clear()
