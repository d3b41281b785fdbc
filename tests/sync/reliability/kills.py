"""Kill -9 at any line of our own code, in a process of its own; then another process must put all in order.

All of our work is done in children of a process that does none itself: a worker thread that is still on its way out
when its process forks would leave the child with the C library's locks.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from scheduler.sync.link import LinkState
from tests.sync import quick
from tests.sync.office import DAY, HOUR, NOW
from tests.sync.reliability.rigs import Rig
from tests.sync.reliability.trial import Row, Trial

OURS = os.sep + os.path.join("scheduler", "sync") + os.sep
EVENTS = 4
CYCLES = 2
LONGEST_SECONDS = 300
"""That a process may take; it works for less than two."""
MOVED = NOW + 9 * DAY


def crash_safe(rig: Rig, kills: int = 240) -> Row:
    """The kills are spread evenly over all lines that one publish with its cycle runs through."""
    server = rig.lasting or rig
    lines = _run(server, rig.mailbox(kills), 0)[1]
    worst = broken = killed = 0
    for n in range(kills):
        cycles, seen = _run(server, rig.mailbox(n), 1 + lines * n // kills)
        killed += seen < 0
        worst, broken = max(worst, cycles), broken + (cycles > CYCLES)
    figure = f"{killed} kills over {lines:,} lines: at most {worst} cycle(s) to converge, {broken} times not"
    return Row("crash safe", figure, broken == 0 and killed == kills)


def _run(server: Rig, mailbox: str, line: int) -> tuple[int, int]:
    """Kill a process at its n-th line (0: let it end). Returns cycles until all is well, and lines (-1: killed)."""
    with quick.folder() as folder:
        at = Place(replace(server, mailbox=lambda n: mailbox), folder, mailbox)
        _in_child(lambda: _begin(at))
        _people(at)
        seen = _in_child(lambda: _work(at, line))
        for cycles in range(1, CYCLES + 1):
            _in_child(lambda: _go_on(at))
            if _is_well(at):
                return cycles, seen
        return CYCLES + 1, seen


@dataclass(frozen=True)
class Place:
    """Where one process after the other works."""

    rig: Rig
    folder: Path
    mailbox: str

    def trial(self) -> "closing[Trial]":
        return closing(Trial(self.rig, self.folder))


def _begin(at: Place) -> int:
    """Some events are to stand there already."""
    with at.trial() as world:
        for n in range(EVENTS):
            world.want(at.mailbox, f"old{n}", NOW + (1 + n) * DAY)
        world.publish()
        return world.converge()


def _people(at: Place) -> None:
    """A person, where there is one, moves an event and annotates another one."""
    hand = at.rig.hand
    if hand is not None:
        with at.trial() as world:
            hand.move(at.mailbox, world.link(at.mailbox, "old0").remote_id, MOVED, MOVED + HOUR)
            hand.note(at.mailbox, world.link(at.mailbox, "old1").remote_id, "key under the mat")


def _plan(world: Trial, mailbox: str) -> None:
    """Create, update and delete, and a move to be put back."""
    world.forbidden = {MOVED}
    world.want(mailbox, "old0", NOW + DAY)
    world.want(mailbox, "old1", NOW + 2 * DAY + HOUR)
    world.want(mailbox, "old2", NOW + 3 * DAY)
    world.want(mailbox, "new0", NOW + 5 * DAY)
    world.want(mailbox, "new1", NOW + 6 * DAY)


def _work(at: Place, line: int) -> int:
    """One publish with its cycle; killed at the line, or told how many there were."""
    seen = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal seen
        if OURS not in frame.f_code.co_filename:
            return None
        if event == "line":
            seen += 1
            if seen == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    with at.trial() as world:
        _plan(world, at.mailbox)
        threading.settrace(trace)
        sys.settrace(trace)
        try:
            world.publish()
            world.cycle()
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
    return seen


def _go_on(at: Place) -> int:
    """What the next process does, some time later."""
    with at.trial() as world:
        world.time = NOW + timedelta(minutes=10)
        _plan(world, at.mailbox)
        world.publish()
        world.cycle()
    return 0


def _is_well(at: Place) -> bool:
    """Whether all stands as planned, exactly once, with the note kept."""
    with at.trial() as world:
        _plan(world, at.mailbox)
        wanted = {activity: event.start for (_, activity), event in world.planned.items()}
        for activity in (*(f"old{n}" for n in range(EVENTS)), "new0", "new1"):
            starts = [e.start for e in world.there(at.mailbox, activity)]
            if starts != ([wanted[activity]] if activity in wanted else []):
                return False
        (noted,) = world.there(at.mailbox, "old1")
        links = world.store.links(next(iter(world.store.boxes()))).values()
    known = all(link.state in (LinkState.LIVE, LinkState.DELETED) for link in links)
    annotated = noted.event is not None and "key under the mat" in noted.event.notes
    return known and (annotated or at.rig.hand is None)


def _in_child(work: Callable[[], int]) -> int:
    """What the work returns in a process of its own; -1 when that was killed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        signal.alarm(LONGEST_SECONDS)
        try:
            os.write(write, str(work()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, "the process hung"
        return -1
    assert os.WEXITSTATUS(status) == 0, "the process failed by itself"
    return int(said)
