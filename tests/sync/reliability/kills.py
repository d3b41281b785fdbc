"""Kill -9 at any line of our own code, in a process of its own; then another process must put all in order."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
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
    rig = replace(server, mailbox=lambda n: mailbox)
    with quick.folder() as folder:
        world = Trial(rig, folder)
        _before(world)
        world.close()
        seen = _in_child(lambda: _work(folder, rig, line))
        world = Trial(rig, folder)
        world.time = NOW + timedelta(minutes=10)
        _planned(world)
        cycles = next((n for n in range(1, CYCLES + 1) if _cycle(world)), CYCLES + 1)
        world.close()
        return cycles, seen


def _before(world: Trial) -> None:
    """Some events stand there already; a person, where there is one, has moved one and annotated another one."""
    mailbox = world.rig.mailbox(0)
    for n in range(EVENTS):
        world.want(mailbox, f"old{n}", NOW + (1 + n) * DAY)
    world.publish()
    world.converge()
    if world.rig.hand is not None:
        world.rig.hand.move(mailbox, world.link(mailbox, "old0").remote_id, NOW + 9 * DAY, NOW + 9 * DAY + HOUR)
        world.rig.hand.note(mailbox, world.link(mailbox, "old1").remote_id, "key under the mat")


def _planned(world: Trial) -> None:
    """Create, update and delete, and a move to be put back."""
    mailbox = world.rig.mailbox(0)
    world.forbidden = {NOW + 9 * DAY}
    world.want(mailbox, "old0", NOW + DAY)
    world.want(mailbox, "old1", NOW + 2 * DAY + HOUR)
    world.want(mailbox, "old2", NOW + 3 * DAY)
    world.want(mailbox, "new0", NOW + 5 * DAY)
    world.want(mailbox, "new1", NOW + 6 * DAY)


def _work(folder: Path, rig: Rig, line: int) -> int:
    world = Trial(rig, folder)
    _planned(world)
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

    threading.settrace(trace)
    sys.settrace(trace)
    try:
        world.publish()
        world.cycle()
    finally:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
    return seen


def _in_child(work: Callable[[], int]) -> int:
    """What the work returns in a process of its own; -1 when that was killed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
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
        return -1
    assert os.WEXITSTATUS(status) == 0, "the process failed by itself"
    return int(said)


def _cycle(world: Trial) -> bool:
    """One cycle; whether all stands as planned now, exactly once, with the note kept."""
    world.publish()
    world.cycle()
    mailbox = world.rig.mailbox(0)
    wanted = {activity: event.start for (_, activity), event in world.planned.items()}
    for activity in (*(f"old{n}" for n in range(EVENTS)), "new0", "new1"):
        starts = [e.start for e in world.there(mailbox, activity)]
        if starts != ([wanted[activity]] if activity in wanted else []):
            return False
    (noted,) = world.there(mailbox, "old1")
    links = world.store.links(next(iter(world.store.boxes()))).values()
    known = all(link.state in (LinkState.LIVE, LinkState.DELETED) for link in links)
    annotated = noted.event is not None and "key under the mat" in noted.event.notes
    return known and (annotated or world.rig.hand is None)
