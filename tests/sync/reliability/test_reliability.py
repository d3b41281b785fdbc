"""A fixed fraction of what `python -m benchmarks reliability` shows in full: see docs/reliability.md."""

from collections.abc import Callable

import pytest

from tests.sync.reliability import promises
from tests.sync.reliability.kills import crash_safe
from tests.sync.reliability.promises import Row
from tests.sync.reliability.rigs import OUTLIVE, RIGS, Rig

PROMISES = (
    (promises.no_duplicates, 300),
    (promises.no_lost_updates, 40),
    (promises.no_wrong_deletes, 60),
    (promises.no_loops, 30),
    (promises.throttled, 100),
    (promises.not_held_up, 40),
    (promises.offline, 10),
    (promises.invitations, 10),
)

SLOWER = {"caldav": 6}
"""A real server in a process of its own gets so much less to do."""


@pytest.mark.parametrize(("promise", "size"), PROMISES, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("name", RIGS)
def test_a_promise_holds(name: str, promise: Callable[[Rig, int], Row], size: int) -> None:
    with RIGS[name]() as rig:
        row = promise(rig, size // SLOWER.get(name, 1))
    assert row.holds, row.figure


@pytest.mark.parametrize("name", OUTLIVE)
def test_a_process_may_be_killed_at_any_line(name: str) -> None:
    row = crash_safe(OUTLIVE[name], 12 // SLOWER.get(name, 1))
    assert row.holds, row.figure


def test_many_mailboxes_are_served_at_once() -> None:
    with RIGS["memory"]() as rig:
        row = promises.crowd(rig, 10, 10)
    assert row.holds, row.figure


def test_the_experiments_can_fail() -> None:
    """Without a look-up after a lost answer there are second events, and the experiment says so."""
    from scheduler.sync.apply import Applier

    with pytest.MonkeyPatch.context() as patch, RIGS["memory"]() as rig:
        patch.setattr(Applier, "_find", lambda self, change, sent: self._send(change, sent))
        assert not promises.no_duplicates(rig, 100).holds
