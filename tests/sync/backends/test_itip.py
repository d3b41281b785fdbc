"""Invitations by mail: sent to a real SMTP server over TLS, answered into a real IMAP mailbox."""

import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from scheduler.sync.backends.itip import Inbox, ITip, Outgoing, read_answer
from scheduler.sync.errors import Refused, Throttled, TokenLost, Unclear, Unreachable
from scheduler.sync.event import Event
from scheduler.sync.port import Answer, Response
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.contract import HOUR, START, WINDOW, an_event, cancelled, with_
from tests.sync.backends.dav import servers
from tests.sync.backends.dav.servers import Server
from tests.sync.backends.ews import certificate
from tests.sync.backends.mail.post import Calendars, Post, calendar_part, listening, vevent
from tests.sync.backends.mail.reply import PROVEN, TRUSTED, reply
from tests.sync.office import DAY, NOW, World, key

BOSS, OLENA, TARAS = "boss@example.com", "olena@example.com", "taras@example.com"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return certificate.make(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def post(paper: tuple[str, str]) -> Iterator[tuple[Post, int]]:
    handler = Post()
    with listening(handler, paper) as port:
        yield handler, port


@pytest.fixture
def itip(post: tuple[Post, int], paper: tuple[str, str]) -> ITip:
    return ITip(BOSS, Outgoing("localhost", post[1], authority=paper[0]), zone="Europe/Kyiv")


def meeting(**more: Any) -> Event:
    return an_event(organizer=BOSS, attendees=(OLENA, TARAS), html="<p>Ring</p>", **more)


def sent(post: tuple[Post, int]) -> list[tuple[str, str, int]]:
    return [(str(m["To"]), method_of(m), int(vevent(m)["SEQUENCE"])) for m in post[0].mails]


def method_of(mail: EmailMessage) -> str:
    return str(calendar_part(mail).get_param("method"))


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


class TestSending:
    def test_an_invitation_is_text_html_and_calendar(self, itip: ITip, post: tuple[Post, int]) -> None:
        itip.create(BOSS, meeting())
        assert sent(post) == [(OLENA, "REQUEST", 0), (TARAS, "REQUEST", 0)]
        mail = post[0].mails[0]
        kinds = [p.get_content_type() for p in mail.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
        assert "Ключ" in str(mail["Subject"]) and "2027-03-15 11:00 - 12:00 (Europe/Kyiv)" in text_of(mail)
        event, raw = vevent(mail), calendar_part(mail).get_payload(decode=True)
        assert isinstance(raw, bytes) and raw.count(b"\n") == raw.count(b"\r\n") > 10
        assert event["DTSTART"].dt == START and str(event["ORGANIZER"]) == f"mailto:{BOSS}"
        assert {str(a): a.params["RSVP"] for a in event["ATTENDEE"]} == {
            f"mailto:{OLENA}": "TRUE",
            f"mailto:{TARAS}": "TRUE",
        }

    def test_who_is_no_longer_invited_gets_a_cancellation(self, itip: ITip, post: tuple[Post, int]) -> None:
        made = itip.create(BOSS, meeting())
        del post[0].mails[:]
        later = itip.update(BOSS, made.remote_id, made.version, with_(meeting(), attendees=(TARAS,), sequence=1))
        assert sent(post) == [(TARAS, "REQUEST", 1), (OLENA, "CANCEL", 1)]
        del post[0].mails[:]
        itip.delete(BOSS, later.remote_id, later.version, cancelled(meeting(sequence=1)))
        assert {(m, n) for _, m, n in sent(post)} == {("CANCEL", 2)}

    def test_without_attendees_the_mailbox_itself_is_invited(self, itip: ITip, post: tuple[Post, int]) -> None:
        itip.create(OLENA, an_event())
        assert sent(post) == [(OLENA, "REQUEST", 0)]

    def test_the_same_again_is_recognisable(self, itip: ITip, post: tuple[Post, int]) -> None:
        for event in (meeting(), meeting(), meeting(sequence=1)):
            itip.create(BOSS, event)
        ids = [str(m["Message-ID"]) for m in post[0].mails]
        assert ids[:2] == ids[2:4] and len(set(ids)) == 4

    def test_a_lost_answer_is_unclear_and_repeated_with_the_same_id(self, itip: ITip, post: tuple[Post, int]) -> None:
        post[0].answers = ["x"]
        with pytest.raises(Unclear):
            itip.create(OLENA, an_event())
        itip.create(OLENA, an_event())
        assert len({(m["Message-ID"], vevent(m)["UID"], vevent(m)["SEQUENCE"]) for m in post[0].mails}) == 1
        assert len(post[0].mails) == 2

    def test_what_the_server_says_is_told_truly(self, itip: ITip, post: tuple[Post, int]) -> None:
        for answer, error in (("451 later", Throttled), ("554 never", Refused)):
            post[0].answers = [answer]
            with pytest.raises(error):
                itip.create(OLENA, an_event())
        post[0].refused = {OLENA}
        with pytest.raises(Refused):
            itip.create(OLENA, an_event())
        itip.create(BOSS, meeting())
        assert [str(m["To"]) for m in post[0].mails] == [TARAS]

    def test_a_server_that_is_not_trusted_gets_nothing(self, post: tuple[Post, int]) -> None:
        with pytest.raises(Unreachable):
            ITip(BOSS, Outgoing("localhost", post[1])).create(OLENA, an_event())
        assert post[0].mails == []

    def test_a_hostile_subject_adds_no_header(self, itip: ITip, post: tuple[Post, int]) -> None:
        itip.create(OLENA, an_event(summary="Lift\r\nBcc: all@example.com"))
        assert post[0].mails[0]["Bcc"] is None

    def test_each_revision_is_one_mail_over_a_bad_line(
        self, itip: ITip, post: tuple[Post, int], tmp_path: Path
    ) -> None:
        """A mail is repeated only where the server's answer was lost."""
        world = World(itip, SqliteStore(tmp_path / "sync.db"))
        post[0].answers = ["250 OK", "x", "451 later", "250 OK"] * 10
        for n in range(12):
            world.want(OLENA, f"a{n}", NOW + DAY + n * HOUR * 2)
        world.publish()
        for _ in range(60):
            world.cycle()
            world.time += HOUR
            if not world.store.intents(world.link(OLENA, "a0").box):
                break
        ids = [str(m["Message-ID"]) for m in post[0].mails]
        assert len(set(ids)) == 12 and all(world.link(OLENA, f"a{n}").remote_id for n in range(12))
        assert {ids.count(i) for i in ids} <= {1, 2, 3}

    def test_a_line_that_breaks_among_attendees_invites_each_once(self, paper: tuple[str, str], tmp_path: Path) -> None:
        """Whoever got the first version twice has it once, and the newest at last."""
        calendars, ids = Calendars(), list[tuple[str, str, int]]()

        def take(mail: EmailMessage) -> None:
            calendars.take(mail)
            ids.append((str(mail["To"]), str(mail["Message-ID"]), int(vevent(mail)["SEQUENCE"])))

        handler = Post(take)
        handler.answers = ["250 OK", "x", "250 OK", "451 later", "250 OK"] * 8
        with listening(handler, paper) as port:
            world = World(
                ITip(BOSS, Outgoing("localhost", port, authority=paper[0])), SqliteStore(tmp_path / "sync.db")
            )
            for hour in range(4):
                world.want(BOSS, "a", NOW + DAY + hour * HOUR, organizer=BOSS, attendees=(OLENA, TARAS))
                world.publish()
                while world.cycle().waiting or world.store.intents(world.link(BOSS, "a").box):
                    world.time += HOUR / 2
        link = world.link(BOSS, "a")
        starts = [event.start for who in (OLENA, TARAS) for event in calendars.seen(who, link.uid)]
        assert starts == [NOW + DAY + 3 * HOUR] * 2
        assert len(ids) > len(set(ids)) == len({(to, sequence) for to, _, sequence in ids})
        assert [sequence for *_, sequence in ids] == sorted(sequence for *_, sequence in ids)


class TestReading:
    def test_a_reply_is_read(self) -> None:
        found = read_answer(reply(sequence=3), TRUSTED)
        assert found is not None
        said = (found.uid, found.attendee, found.response, found.sequence, found.proposed)
        assert said == ("u1@fieldplan", OLENA, Response.DECLINED, 3, None)
        assert "<1@example.com>" in found.id

    def test_a_counter_asks_for_another_time(self) -> None:
        found = read_answer(reply(method="COUNTER", shift=HOUR, response="NEEDS-ACTION"), TRUSTED)
        assert found is not None and found.proposed is not None and found.proposed.start == START + HOUR
        assert found.response is Response.TENTATIVE

    @pytest.mark.parametrize(
        "proof",
        [
            f"{TRUSTED}; spf=pass smtp.mailfrom={OLENA}",
            f"{TRUSTED}; dkim=fail header.d=example.com; dmarc=pass (p=none) header.from=example.com",
            f"{TRUSTED} 1; auth=pass smtp.auth={OLENA}",
        ],
    )
    def test_other_proofs_are_taken(self, proof: str) -> None:
        assert read_answer(reply(proof=(proof,)), TRUSTED) is not None

    @pytest.mark.parametrize(
        "proof",
        [
            (),
            ("mx.other.com; dkim=pass header.d=example.com",),
            (f"{TRUSTED}; none",),
            (f"{TRUSTED}; dkim=fail header.d=example.com", PROVEN),
            ("mx.other.com; none", PROVEN),
            (f"{TRUSTED}; dkim=pass header.d=evil.com",),
            (f"{TRUSTED}; dkim=pass header.d=com",),
            (f"{TRUSTED}; dkim=pass header.d=notexample.com",),
            (f'{TRUSTED}; dkim=fail reason="; dkim=pass header.d=example.com"',),
            (f"{TRUSTED}; dkim=fail (; dkim=pass header.d=example.com)",),
            (f"{TRUSTED}; spf=pass smtp.mailfrom=x@evil.com",),
            (f"{TRUSTED}; auth=pass smtp.auth={TARAS}",),
            (f"{TRUSTED}.evil.com; dkim=pass header.d=example.com",),
        ],
    )
    def test_a_forged_reply_is_none(self, proof: tuple[str, ...]) -> None:
        assert read_answer(reply(proof=proof), TRUSTED) is None

    def test_nobody_answers_for_another(self) -> None:
        assert read_answer(reply(attendee=TARAS), TRUSTED) is None
        twice = reply().replace(b"From:", b"From: taras@example.com\nFrom:", 1)
        assert read_answer(twice, TRUSTED) is None

    @pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
    def test_other_methods_are_no_answers(self, method: str) -> None:
        assert read_answer(reply(method=method), TRUSTED) is None

    @pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"From: x\n\n", reply()[:700], reply().replace(b"UID", b"X-U")])
    def test_broken_mails_are_passed_over(self, raw: bytes) -> None:
        assert read_answer(raw, TRUSTED) is None


class TestInbox:
    @pytest.fixture
    def deliver(self, cyrus: Server) -> Callable[[bytes], None]:
        servers.add_mailbox(cyrus, BOSS)

        def hand_in(raw: bytes) -> None:
            with smtplib.LMTP(cyrus.lmtp) as server:
                server.sendmail(OLENA, ["boss"], raw)

        return hand_in

    @pytest.fixture
    def inbox(self, cyrus: Server) -> Inbox:
        password = SecretStr(servers.PASSWORD)
        return Inbox("localhost", "boss", password, TRUSTED, cyrus.imaps, authority=cyrus.authority)

    def test_answers_come_once_and_junk_never(self, deliver: Callable[[bytes], None], inbox: Inbox) -> None:
        _, token = inbox.read(None)
        deliver(reply(id="<a@example.com>"))
        deliver(reply(id="<b@example.com>", proof=()))
        answers, after = inbox.read(token)
        assert [a.id for a in answers] == [f"<a@example.com> {OLENA}"]
        assert inbox.read(after) == ((), after)
        deliver(reply(id="<c@example.com>", response="ACCEPTED"))
        assert [a.response for a in inbox.read(after)[0]] == [Response.ACCEPTED]
        with pytest.raises(TokenLost):
            inbox.read("1 1")
        with pytest.raises(TokenLost):
            inbox.read("nonsense")

    def test_a_server_that_is_not_trusted_learns_no_password(self, inbox: Inbox) -> None:
        with pytest.raises(Unreachable):
            Inbox(inbox.host, inbox.username, inbox.password, TRUSTED, inbox.port).read(None)

    def test_forged_stale_and_repeated_answers_change_nothing(
        self,
        deliver: Callable[[bytes], None],
        inbox: Inbox,
        post: tuple[Post, int],
        paper: tuple[str, str],
        tmp_path: Path,
    ) -> None:
        """From the mail to the link, through the whole of sync."""
        itip = ITip(BOSS, Outgoing("localhost", post[1], authority=paper[0]), inbox)
        world = World(itip, SqliteStore(tmp_path / "sync.db"))
        world.want(BOSS, "a", NOW + DAY, organizer=BOSS, attendees=(OLENA,))
        world.publish()
        world.cycle()
        link = world.link(BOSS, "a")
        n = link.sequence
        for more in ({"sequence": n + 7}, {"sender": TARAS, "attendee": TARAS}, {"proof": ()}, {"uid": "other@x"}):
            deliver(reply(**{"uid": link.uid, "sequence": n, "id": f"<{more}@example.com>", **more}))  # type: ignore[arg-type]
        world.cycle()
        assert world.link(BOSS, "a").answers == {} and world.store.proposals() == ()
        for _ in range(2):
            deliver(reply(uid=link.uid, sequence=n, id="<true@example.com>"))
            world.cycle()
        assert world.link(BOSS, "a").answers == {OLENA: Response.DECLINED}
        assert [p.key for p in world.store.proposals()] == [key("a")]

    def test_the_organiser_reads_all_answers_and_others_their_own(
        self, deliver: Callable[[bytes], None], inbox: Inbox, post: tuple[Post, int]
    ) -> None:
        itip = ITip(BOSS, Outgoing("localhost", post[1]), inbox)
        token = itip.changes(BOSS, None, WINDOW).token
        deliver(reply(id="<mine@example.com>"))

        def heard(mailbox: str) -> tuple[Answer, ...]:
            return itip.changes(mailbox, token, WINDOW).answers

        assert (len(heard(BOSS)), len(heard(OLENA)), len(heard(TARAS))) == (1, 1, 0)
