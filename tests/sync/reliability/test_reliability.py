"""A fixed fraction of what `python -m benchmarks reliability` shows in full: see docs/reliability.md."""

import os
from collections.abc import Callable, Iterator

import pytest

from scheduler.sync.apply import Applier
from scheduler.sync.backends.memory import Memory
from tests.sync.reliability import once, people
from tests.sync.reliability.rigs import RIGS, Rig, missing
from tests.sync.reliability.suite import SUITE, Experiment
from tests.sync.reliability.trial import Row, fresh

pytestmark = pytest.mark.slow

SLOWER = {"radicale": 6, "xandikos": 6, "cyrus": 6}
"""A real server in processes of its own gets so much less to do."""


@pytest.fixture(scope="module", params=RIGS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    if lacks := missing(request.param):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(lacks)
    with RIGS[request.param]() as running:
        yield running


@pytest.mark.parametrize("one", SUITE, ids=lambda one: one.name)
def test_a_promise_holds(rig: Rig, one: Experiment) -> None:
    if not one.where(rig):
        pytest.skip(f"{one.name} means nothing on {rig.name}")
    row = one.on(fresh(rig), max(1, one.small // SLOWER.get(rig.name, 1)))
    assert row.holds, row.figure


def _no_look_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Applier, "_find", lambda self, change, sent: self._send(change, sent))


def _no_version(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Memory, "_current", lambda self, mailbox, id, version: self.get(mailbox, id))


@pytest.mark.parametrize(
    ("spoil", "promise"), [(_no_look_up, once.no_duplicates), (_no_version, people.no_lost_updates)]
)
def test_the_experiments_can_fail(
    spoil: Callable[[pytest.MonkeyPatch], None], promise: Callable[[Rig, int], Row]
) -> None:
    """Without a look-up after a lost answer, or without versions, the experiment says so."""
    with pytest.MonkeyPatch.context() as patch, RIGS["memory"]() as rig:
        spoil(patch)
        assert not promise(rig, 100).holds
