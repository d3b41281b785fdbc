"""Mail from end to end: sent by SMTP to a real server, kept by Cyrus, read by IMAP, answered the same way."""

from collections.abc import Iterator
from datetime import time
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest
from pydantic import SecretStr

from scheduler.domain.resource import LocalSpan
from scheduler.sync.backends.itip import Inbox, ITip, Outgoing
from scheduler.sync.content.people import Person
from scheduler.sync.errors import Denied, Unreachable
from scheduler.sync.link import Link, LinkState
from scheduler.sync.notice.changes import Quiet
from scheduler.sync.notice.telling import MailServer, Message, inform
from scheduler.sync.port import Response
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.dav import servers
from tests.sync.backends.dav.servers import PASSWORD, Server
from tests.sync.backends.ews import certificate
from tests.sync.backends.mail.hub import Hub, hub
from tests.sync.backends.mail.post import Post, calendar_part, listening, vevent
from tests.sync.backends.mail.reply import TRUSTED
from tests.sync.office import DAY, HOUR, NOW, World, an_event, key

PLAN, OLENA, TARAS = "plan@example.com", "olena@example.com", "taras@example.com"
SECRET_WORD = SecretStr(PASSWORD)
A_MESSAGE = Message("<1@fieldplan>", OLENA, "Changed", "text", "<p>text</p>")
QUIET = Quiet(night=LocalSpan(start=time(20), end=time(7)), time_zone="Europe/Kyiv")


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return certificate.make(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def mail(cyrus: Server, paper: tuple[str, str]) -> Iterator[Hub]:
    for address in (PLAN, OLENA, TARAS):
        servers.add_mailbox(cyrus, address)
    with hub(cyrus, paper) as running:
        yield running


def live(activity: str, person: Person) -> Link:
    event = an_event(activity, NOW + DAY + 3 * HOUR, summary="Ліфт, кран")
    about = {"connection": "office", "mailbox": person.address, "key": key(activity), "uid": event.uid}
    return Link.model_validate({**about, "state": LinkState.LIVE, "event": event, "why": "Olena is ill"})


class TestMailServer:
    """What people are told by mail."""

    @pytest.fixture
    def trusted(self, mail: Hub, monkeypatch: pytest.MonkeyPatch) -> MailServer:
        monkeypatch.setenv("SSL_CERT_FILE", mail.authority)
        return MailServer("localhost", mail.port, PLAN, PLAN, PASSWORD)

    def test_a_message_is_read_as_it_was_written(self, mail: Hub, trusted: MailServer, tmp_path: Path) -> None:
        taras = Person("taras", "office", TARAS, "uk")
        store = SqliteStore(tmp_path / "s.db")
        for _ in range(2):
            message = inform(store, taras, [live("a", taras)], QUIET, NOW, trusted)
        assert message is None
        (got,) = mail.inbox(TARAS)
        text, html = got.get_body(("plain",)), got.get_body(("html",))
        assert text is not None and html is not None
        assert "Ліфт, кран" in text.get_content() and "11:00" in text.get_content()
        assert "Olena is ill" in html.get_content()
        assert (got["From"], got["To"], got["Auto-Submitted"]) == (PLAN, TARAS, "auto-generated")

    def test_what_is_told_again_after_a_crash_has_the_same_id(
        self, mail: Hub, trusted: MailServer, tmp_path: Path
    ) -> None:
        olena, before = Person("olena", "office", OLENA), len(mail.inbox(OLENA))
        for name in ("one", "two"):
            inform(SqliteStore(tmp_path / name), olena, [live("b", olena)], QUIET, NOW, trusted)
        first, second = mail.inbox(OLENA)[before:]
        assert first["Message-ID"] == second["Message-ID"]

    def test_a_wrong_password_sends_nothing(self, mail: Hub, trusted: MailServer, tmp_path: Path) -> None:
        olena, before = Person("olena", "office", OLENA), len(mail.inbox(OLENA))
        store, wrong = SqliteStore(tmp_path / "s.db"), MailServer("localhost", mail.port, PLAN, PLAN, "guess")
        with pytest.raises(Denied):
            inform(store, olena, [live("c", olena)], QUIET, NOW, wrong)
        assert len(mail.inbox(OLENA)) == before and not store.told("olena").events

    def test_a_server_that_is_not_trusted_learns_no_password(self, mail: Hub) -> None:
        before = len(mail.inbox(OLENA))
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            MailServer("localhost", mail.port, PLAN, PLAN, PASSWORD)(A_MESSAGE)
        assert len(mail.inbox(OLENA)) == before


def test_a_server_without_tls_gets_nothing() -> None:
    post = Post()
    with listening(post, None) as port, pytest.raises(Unreachable, match="STARTTLS"):
        MailServer("localhost", port, PLAN)(A_MESSAGE)
    assert post.mails == []


def answer_to(invitation: EmailMessage, attendee: str, response: str) -> EmailMessage:
    """What a mail program sends when its button is pressed."""
    asked, calendar, event = vevent(invitation), icalendar.Calendar(), icalendar.Event()
    calendar.add("method", "REPLY")
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "ORGANIZER"):
        event[name] = asked[name]
    event.add("dtstamp", NOW)
    event.add("attendee", f"mailto:{attendee}", parameters={"PARTSTAT": response})
    calendar.add_component(event)
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = attendee, invitation["From"], "Answer"
    made["Message-ID"] = f"<answer-to-{invitation['Message-ID'][1:]}"
    made.set_content("no")
    made.add_alternative(calendar.to_ical().decode(), subtype="calendar", params={"method": "REPLY"})
    return made


class TestInvitations:
    @pytest.fixture
    def world(self, mail: Hub, tmp_path: Path) -> World:
        outgoing = Outgoing("localhost", mail.port, PLAN, SECRET_WORD, mail.authority)
        inbox = Inbox("localhost", "plan", SECRET_WORD, TRUSTED, mail.cyrus.imaps, authority=mail.cyrus.authority)
        return World(ITip(PLAN, outgoing, inbox), SqliteStore(tmp_path / "sync.db"))

    def test_an_invitation_is_read_declined_and_heard_of(self, mail: Hub, world: World) -> None:
        before = {who: len(mail.inbox(who)) for who in (OLENA, TARAS)}
        world.want(PLAN, "a", NOW + DAY, organizer=PLAN, attendees=(OLENA, TARAS))
        world.publish()
        world.cycle()
        (got,), (other,) = (mail.inbox(who)[before[who] :] for who in (OLENA, TARAS))
        assert vevent(got)["DTSTART"].dt == NOW + DAY and calendar_part(got).get_param("method") == "REQUEST"
        mail.send(OLENA, answer_to(got, OLENA, "DECLINED"))
        mail.send(OLENA, answer_to(other, TARAS, "DECLINED"))  # nobody answers for another
        mail.send(TARAS, answer_to(other, TARAS, "ACCEPTED"))
        world.cycle()
        assert world.link(PLAN, "a").answers == {OLENA: Response.DECLINED, TARAS: Response.ACCEPTED}
        assert [(p.key, p.who) for p in world.store.proposals()] == [(key("a"), OLENA)]

    def test_an_answer_to_an_older_version_changes_nothing(self, mail: Hub, world: World) -> None:
        world.want(PLAN, "b", NOW + DAY, organizer=PLAN, attendees=(OLENA,))
        world.publish()
        world.cycle()
        old = mail.inbox(OLENA)[-1]
        world.want(PLAN, "b", NOW + 2 * DAY, organizer=PLAN, attendees=(OLENA,))
        world.publish()
        world.cycle()
        new = mail.inbox(OLENA)[-1]
        assert (vevent(old)["SEQUENCE"], vevent(new)["SEQUENCE"]) == (0, 1)
        mail.send(OLENA, answer_to(old, OLENA, "DECLINED"))
        world.cycle()
        assert world.link(PLAN, "b").answers == {}
        mail.send(OLENA, answer_to(new, OLENA, "ACCEPTED"))
        world.cycle()
        assert world.link(PLAN, "b").answers == {OLENA: Response.ACCEPTED}

    def test_a_wrong_password_is_said(self, mail: Hub) -> None:
        with pytest.raises(Denied):
            ITip(PLAN, Outgoing("localhost", mail.port, PLAN, SecretStr("guess"), mail.authority)).create(
                OLENA, an_event("c", NOW + DAY)
            )
