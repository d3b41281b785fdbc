"""Invitations: one effect for each attendee and revision, and none of what is no true answer to the newest."""

from itertools import pairwise
from typing import Any

from scheduler.sync.link import Link
from scheduler.sync.port import Capability, Response
from tests.sync.backends.mail.reply import PROVEN, TRUSTED, reply
from tests.sync.faults.port import Fault, at_random
from tests.sync.office import DAY, HOUR, NOW
from tests.sync.reliability.rigs import Rig
from tests.sync.reliability.trial import Row, trial


def invitations(rig: Rig, revisions: int = 100) -> Row:
    """A meeting of four that changes again and again, with 20 % faults: what arrives for each version.

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
        mailbox, guests = rig.mailbox(0), tuple(map(rig.mailbox, (1, 2, 3)))
        world.faulty.choose = choose
        world.faulty.before = lambda name, *given: arrived.append(given[-1].sequence)
        for n in range(revisions):
            world.want(mailbox, "a", NOW + 2 * DAY + n * HOUR, organizer=mailbox, attendees=guests)
            world.publish()
            world.converge()
        there = world.there(mailbox, "a")
        calendars = len(guests) if rig.seen else 1
        as_planned = [event.start for event in there] == [world.planned[mailbox, "a"].start] * calendars
        may_repeat = lost if Capability.REPEATABLE in world.faulty.capabilities else 0
    falls = sum(later < earlier for earlier, later in pairwise(arrived))
    repeated = len(arrived) - len(set(arrived))
    figure = (
        f"{len(set(arrived))} versions for {revisions} revisions, {repeated} sent again after a lost answer;"
        f" SEQUENCE fell {falls} times"
    )
    holds = len(set(arrived)) == revisions and falls == 0 and repeated <= may_repeat and as_planned
    return Row("invitations", figure, holds)


def answers(rig: Rig, meetings: int = 100) -> Row:
    """To each invitation false answers of every kind, and then a true one, twice."""
    assert rig.answering is not None
    with rig.answering() as (answering, organizer, deliver), trial(answering) as world:
        guest = answering.mailbox(0)
        made = [f"a{n}" for n in range(meetings)]
        for n, activity in enumerate(made):
            world.want(organizer, activity, NOW + DAY + n * HOUR, organizer=organizer, attendees=(guest,))
            world.publish()
            world.want(organizer, activity, NOW + 2 * DAY + n * HOUR, organizer=organizer, attendees=(guest,))
            world.converge()
            world.publish()
        world.converge()
        links = [world.link(organizer, activity) for activity in made]
        false = [mail for link in links for mail in _false(link, guest)]
        heard = []
        for mails in (false, [_true(link, guest) for link in links for _ in range(2)]):
            for mail in mails:
                deliver(mail)
            world.cycle()
            heard.append(sum(world.link(organizer, a).answers == {guest: Response.DECLINED} for a in made))
            heard.append(len(world.store.proposals()))
    figure = (
        f"{len(false)} forged, stale and foreign replies changed {heard[0] + heard[1]} things;"
        f" {heard[2]} of {meetings} true ones heard, {heard[3]} proposals"
    )
    return Row("invitations: answers", figure, heard == [0, 0, meetings, meetings])


def _true(link: Link, guest: str) -> bytes:
    return reply(sender=guest, attendee=guest, uid=link.uid, sequence=link.sequence, id=f"<true-{link.uid}>")


def _false(link: Link, guest: str) -> list[bytes]:
    """What must change nothing: older, from the future, unproven, forged, of somebody else, about something else."""
    about = {"sender": guest, "attendee": guest, "uid": link.uid, "sequence": link.sequence}
    other = "stranger@example.com"
    wrong: list[dict[str, Any]] = [
        {"sequence": link.sequence - 1},
        {"sequence": link.sequence + 7},
        {"proof": ()},
        {"proof": ("mx.evil.com; dkim=pass header.d=example.com",)},
        {"proof": (f"{TRUSTED}; dkim=fail header.d=example.com", PROVEN)},
        {"proof": (f"{TRUSTED}; dkim=pass header.d=evil.com",)},
        {"sender": other},
        {"sender": other, "attendee": other},
        {"uid": f"x{link.uid}"},
        {"method": "REQUEST"},
    ]
    return [reply(**{**about, **one, "id": f"<false-{n}-{link.uid}>"}) for n, one in enumerate(wrong)]
