"""What is planned stands there once, and then nothing is written any more."""

from collections import Counter
from collections.abc import Sequence

from tests.sync.backends.hand import Hand
from tests.sync.faults.port import Fault, at_random, none
from tests.sync.office import DAY, HOUR, NOW
from tests.sync.reliability.rigs import Rig
from tests.sync.reliability.trial import Row, Trial, trial


def no_duplicates(rig: Rig, creates: int = 10_000) -> Row:
    """Creates with 20 % faults, half of them after the commit."""
    with trial(rig) as world:
        made = world.fill(creates)
        world.faulty.choose = at_random(0.2, seed=1)
        world.publish()
        world.converge()
        counts = Counter(world.copies(made))
    second = sum(count - 1 for count in counts.elements() if count > 1)
    figure = f"{second} second and {counts[0]} missing events in {creates:,} creates"
    return Row("no duplicates", figure, second == 0 and counts[0] == 0)


def no_loops(rig: Rig, events: int = 200, cycles: int = 10) -> Row:
    """Cycles after convergence, with people's notes, moves and copies there."""
    with trial(rig) as world:
        made = world.fill(events)
        world.publish()
        world.converge()
        if rig.hand is not None:
            _touch(world, rig.hand, made)
        world.converge()
        before = world.faulty.writes
        for _ in range(cycles):
            world.publish()
            world.cycle()
            world.time += HOUR
        writes = world.faulty.writes - before
    return Row("no loops", f"{writes} writes in {cycles} idle cycles over {events} events", writes == 0)


def _touch(world: Trial, hand: Hand, made: Sequence[tuple[str, str]]) -> None:
    for n, (mailbox, activity) in enumerate(made):
        id = world.link(mailbox, activity).remote_id
        if n % 5 == 0:
            hand.note(mailbox, id, "key")
        elif n % 5 == 1:
            hand.copy(mailbox, id)
        elif n % 5 == 2:
            hand.move(mailbox, id, NOW + 15 * DAY, NOW + 15 * DAY + HOUR)


def offline(rig: Rig, events: int = 50, hours: int = 24) -> Row:
    """The server can't be reached for a day while the plan changes every hour."""
    with trial(rig) as world:
        made = world.fill(events)
        world.publish()
        world.converge()
        world.faulty.choose = lambda name, mailbox: Fault.LOST
        for _ in range(hours):
            for mailbox, activity in made:
                world.want(mailbox, activity, world.planned[mailbox, activity].start + HOUR / 4)
            world.publish()
            world.cycle()
            world.time += HOUR
        world.faulty.choose, before = none, world.faulty.writes
        cycles = world.converge()
        sent = world.faulty.writes - before
        due = sum(world.planned[one].end > world.time for one in made)
        wrong = sum(
            [e.start for e in world.there(*one)] != [world.planned[one].start]
            for one in made
            if world.planned[one].end > world.time
        )
    figure = f"{hours} revisions of {due} bookings: {sent} writes in {cycles} cycle(s), {wrong} wrong"
    return Row("offline 24 h", figure, sent == due and wrong == 0)
