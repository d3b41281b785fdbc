"""Invitations: one effect for each attendee and revision."""

from itertools import pairwise

from scheduler.sync.port import Capability
from tests.sync.faults.port import Fault, at_random
from tests.sync.office import DAY, HOUR, NOW
from tests.sync.reliability.rigs import Rig
from tests.sync.reliability.trial import Row, trial


def invitations(rig: Rig, revisions: int = 100) -> Row:
    """A meeting that changes again and again, with 20 % faults: what arrives for each version, and its SEQUENCE.

    The same may arrive again only where nothing can be looked up and the answer was lost. On a rig that shows what
    invitations became, the same under another Message-ID is a second event.
    """
    arrived: list[int] = []
    chance, lost = at_random(0.2, seed=3), 0

    def choose(name: str, mailbox: str) -> Fault | None:
        nonlocal lost
        fault = chance(name, mailbox)
        lost += fault in (Fault.UNCLEAR_AFTER, Fault.UNCLEAR_BEFORE)
        return fault

    with trial(rig) as world:
        mailbox, guest = rig.mailbox(0), rig.mailbox(1)
        world.faulty.choose = choose
        world.faulty.before = lambda name, *given: arrived.append(given[-1].sequence)
        for n in range(revisions):
            world.want(mailbox, "a", NOW + 2 * DAY + n * HOUR, organizer=mailbox, attendees=(guest,))
            world.publish()
            world.converge()
        there = world.there(mailbox, "a")
        as_planned = [event.start for event in there] == [world.planned[mailbox, "a"].start]
        may_repeat = lost if Capability.REPEATABLE in world.faulty.capabilities else 0
    falls = sum(later < earlier for earlier, later in pairwise(arrived))
    repeated = len(arrived) - len(set(arrived))
    figure = (
        f"{len(set(arrived))} versions for {revisions} revisions, {repeated} sent again after a lost answer;"
        f" SEQUENCE fell {falls} times"
    )
    holds = len(set(arrived)) == revisions and falls == 0 and repeated <= may_repeat and as_planned
    return Row("invitations", figure, holds)
