"""How much goes through."""

import time

from scheduler.sync.link import LinkState
from tests.sync.office import DAY, HOUR, NOW
from tests.sync.reliability.rigs import Rig
from tests.sync.reliability.trial import A_BOX, Row, Trial, trial


def throughput(rig: Rig, changes: int = 20_000, workers: int = 32) -> Row:
    """Changes a second over many mailboxes, beside the bare backend's own speed, in CPU seconds of both sides."""
    mailboxes = -(-changes // A_BOX)
    with trial(rig, workers) as world:
        for n in range(changes):
            world.want(rig.mailbox(n % mailboxes), f"a{n}", NOW + DAY + (n // mailboxes) * 2 * HOUR)
        bare = _bare(world, mailboxes)
        begin = _seconds(rig)
        world.publish()
        world.converge()
        ours = _seconds(rig) - begin
        done = sum(link.state is LinkState.LIVE for b in world.store.boxes() for link in world.store.links(b).values())
    rate = changes / ours
    figure = f"{rate:,.0f} changes per CPU second, {rate * bare:.0%} of the bare backend's {1 / bare:,.0f}"
    return Row("throughput", figure, done == changes)


def _bare(world: Trial, mailboxes: int) -> float:
    """CPU seconds of a plain create, from a tenth of the events in a tenth of as many mailboxes."""
    events = list(world.planned.values())[::10]
    boxes = [world.rig.mailbox(mailboxes + n) for n in range(-(-mailboxes // 10))]
    world.faulty.inner.create(boxes[0], events[0].model_copy(update={"uid": "warm"}))
    begin = _seconds(world.rig)
    for n, event in enumerate(events):
        world.faulty.inner.create(boxes[n % len(boxes)], event)
    return (_seconds(world.rig) - begin) / len(events)


def _seconds(rig: Rig) -> float:
    """CPU time of ours, of doubles in this process, and of a server in processes of its own."""
    return time.process_time() + rig.seconds()
