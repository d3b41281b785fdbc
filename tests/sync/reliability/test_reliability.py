"""A fixed fraction of what `python -m benchmarks reliability` shows in full: see docs/reliability.md."""

import os
from collections.abc import Iterator

import pytest

from tests.sync.reliability import once
from tests.sync.reliability.rigs import RIGS, Rig, missing
from tests.sync.reliability.suite import SUITE, Experiment
from tests.sync.reliability.trial import fresh

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


def test_the_experiments_can_fail() -> None:
    """Without a look-up after a lost answer there are second events, and the experiment says so."""
    from scheduler.sync.apply import Applier

    with pytest.MonkeyPatch.context() as patch, RIGS["memory"]() as rig:
        patch.setattr(Applier, "_find", lambda self, change, sent: self._send(change, sent))
        assert not once.no_duplicates(rig, 100).holds
