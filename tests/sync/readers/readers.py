"""Programs of others that read calendar files, in one shape: uid -> start, end. Days are dates, all else moments."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import vobject

from tests.sync.node import run

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"
FAR = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))

Read = Mapping[str, tuple[date, date]]
Reader = Callable[[bytes, Path], Read]


def recurring(given: bytes, folder: Path) -> Read:
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(given)).between(*FAR)
    return {str(e["UID"]): (_plain(e.start), _plain(e.end)) for e in events}


def with_vobject(given: bytes, folder: Path) -> Read:
    calendar = vobject.readOne(given.decode())
    return {e.uid.value: (_plain(e.dtstart.value), _plain(e.dtend.value)) for e in calendar.vevent_list}


def with_ical_js(given: bytes, folder: Path) -> Read:
    return _parsed(run(HERE / "node", "read.js", "ical.js", str(_file(given, folder))))


def with_node_ical(given: bytes, folder: Path) -> Read:
    return _parsed(run(HERE / "node", "read.js", "node-ical", str(_file(given, folder))))


def with_libical(given: bytes, folder: Path) -> Read:
    command = [SYSTEM_PYTHON, str(HERE / "with_libical.py"), str(_file(given, folder))]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.defpath}, timeout=60)
    if "Namespace ICalGLib" in done.stderr or "No module named 'gi'" in done.stderr:
        _missing("libical's bindings are missing; apt-get install gir1.2-ical-3.0 python3-gi")
    assert done.returncode == 0, done.stderr
    return _parsed(done.stdout)


READERS: dict[str, Reader] = {
    "recurring-ical-events": recurring,
    "vobject": with_vobject,
    "ical.js": with_ical_js,
    "node-ical": with_node_ical,
    "libical": with_libical,
}


def _missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def _file(given: bytes, folder: Path) -> Path:
    path = folder / "given.ics"
    path.write_bytes(given)
    return path


def _plain(given: Any) -> date:
    return given.astimezone(UTC) if isinstance(given, datetime) else given


def _parsed(printed: str) -> Read:
    found = json.loads(printed)
    return {uid: (_read(start, day), _read(end, day)) for uid, (start, end, day) in found.items()}


def _read(text: str, day: bool) -> date:
    return date.fromisoformat(text) if day else datetime.fromisoformat(text).astimezone(UTC)
