"""Mail over a line that breaks anywhere: what is said of the outcome is true, and no answer is skipped."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from scheduler.sync.backends.itip import Inbox, ITip, Outgoing
from scheduler.sync.errors import SyncError, Unclear, Unreachable
from tests.sync.backends.contract import an_event
from tests.sync.backends.dav import servers
from tests.sync.backends.dav.servers import Server
from tests.sync.backends.ews import certificate
from tests.sync.backends.mail.post import Calendars, Post, listening
from tests.sync.backends.mail.reply import TRUSTED, reply
from tests.sync.faults.wire import Wire

BOSS, OLENA = "boss@example.com", "olena@example.com"
EVENT = an_event(organizer=BOSS, attendees=(OLENA,))
PLACES = 24
"""In each direction."""


def places(total: int) -> list[int]:
    return [1 + n * (total - 1) // (PLACES - 1) for n in range(PLACES - 1)] + [total - 1]


def test_an_invitation_arrives_or_is_said_not_to_have(tmp_path: Path) -> None:
    paper = certificate.make(tmp_path)
    outcomes = set()
    with listening(post := Post(), paper) as port:
        whole = Wire(port)
        ITip(BOSS, Outgoing("localhost", whole.port, authority=paper[0])).create(BOSS, EVENT)
        whole.close()
        cuts = [{"cut_sent": n} for n in places(whole.sent)] + [{"cut_answered": n} for n in places(whole.answered)]
        for cut in cuts:
            del post.mails[:]
            calendars, wire = Calendars(), Wire(port, **cut)
            said = _sent(ITip(BOSS, Outgoing("localhost", wire.port, authority=paper[0])))
            wire.close()
            outcomes.add(said)
            assert said in (None, Unclear) or not post.mails, f"{said} was said, but it arrived"
            assert said is not None or len(post.mails) == 1, "it was said to be sent"
            ITip(BOSS, Outgoing("localhost", port, authority=paper[0])).create(BOSS, EVENT)
            for mail in post.mails:
                calendars.take(mail)
            assert len(calendars.seen(OLENA, EVENT.uid)) == 1
    assert {Unclear, Unreachable} <= outcomes


def _sent(itip: ITip) -> type[SyncError] | None:
    try:
        itip.create(BOSS, EVENT)
    except SyncError as error:
        return type(error)
    return None


@pytest.fixture
def cyrus() -> Iterator[Server]:
    servers.skip_without_cyrus()
    with servers.cyrus() as running:
        yield running


def test_answers_are_all_read_or_none_is(cyrus: Server) -> None:
    servers.add_mailbox(cyrus, BOSS)
    ids = [f"<{n}@example.com>" for n in range(3)]
    with smtplib.LMTP(cyrus.lmtp) as server:
        for id in ids:
            server.sendmail(OLENA, ["boss"], reply(id=id))

    def inbox(port: int) -> Inbox:
        return Inbox("localhost", "boss", SecretStr(servers.PASSWORD), TRUSTED, port, authority=cyrus.authority)

    whole = Wire(cyrus.imaps)
    answers, token = inbox(whole.port).read(None)
    assert len(answers) == 3
    whole.close()
    cuts = [{"cut_sent": n} for n in places(whole.sent)] + [{"cut_answered": n} for n in places(whole.answered)]
    broken = 0
    for cut in cuts:
        wire = Wire(cyrus.imaps, **cut)
        try:
            assert inbox(wire.port).read(None) == (answers, token)
        except Unreachable:
            broken += 1
        wire.close()
    assert broken > PLACES
