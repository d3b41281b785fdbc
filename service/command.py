"""What the `fieldplan` command calls: the service, workers of their own, and what an operator does now and then."""

import gc
import os
import signal
import sys
import threading
from typing import Any

import uvicorn

from service.app import create_app
from service.calendars.backends import vault
from service.calendars.resealing import reseal
from service.calendars.worker import Visitor
from service.database import Database
from service.first_start import new_tenant
from service.operations import logs
from service.operations.check import faults
from service.runs.worker import Workshop
from service.settings import Settings

LAST_ANSWERS_SECONDS = 10
COLLECTED_AFTER = 100_000
"""New objects after which Python looks for cycles: a week's plan is more than that without any, and with the default of
700 two fifths of an edit went there."""


class _Server(uvicorn.Server):
    """Tells answers that would never end, such as events, that it closes."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.config.app.state.house.closing.set()  # type: ignore[union-attr]
        super().handle_exit(sig, frame)


def serve(host: str, port: int) -> None:
    """Serve until a signal comes. Answers that are under way are finished, and runs are given back."""
    os.environ.setdefault("FIELDPLAN_PUBLIC_URL", f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")
    settings = _set_up()
    config = uvicorn.Config(
        create_app(settings),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )
    _Server(config).run()


def work() -> None:
    """Work on runs and calendars until a signal comes; runs under way are given back for others."""
    settings = _set_up()
    database = Database(settings.database_url)
    workshop, visitor = Workshop(database, settings, max(1, settings.workers)), Visitor(database, settings)
    closing = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: closing.set())
    workshop.open()
    visitor.open()
    while not closing.wait(0.2):
        if not workshop.lively:
            break
    workshop.close()
    visitor.close()
    database.close()


def _set_up() -> Settings:
    settings = Settings()
    logs.set_up(settings.log_level)
    gc.set_threshold(COLLECTED_AFTER)
    return settings


def rotate_keys() -> int:
    """Encrypt kept secrets again under the first key. 1 when no key opens one of them."""
    settings, database = _opened()
    changed, faults = reseal(database, vault(settings))
    database.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{changed} row(s) are under the first key" + (f", {len(faults)} are not" if faults else ""))
    return int(bool(faults))


def add_tenant(id: str, name: str) -> None:
    """Say the link by which its administrator gets in."""
    settings, database = _opened()
    print(new_tenant(database, settings, id, name))
    database.close()


def _opened() -> tuple[Settings, Database]:
    settings = Settings()
    database = Database(settings.database_url)
    database.migrate()
    return settings, database


def check() -> int:
    """Say what is wrong with the settings. 1 when anything is."""
    found = list(faults())
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(found)} fault(s)" if found else "the settings will do")
    return int(bool(found))
