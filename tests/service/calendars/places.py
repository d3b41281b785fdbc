"""Calendars that the service is connected to over the network: Exchange, Microsoft 365, invitations by mail."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.sync.backends.dav import servers as dav
from tests.sync.backends.ews import certificate
from tests.sync.backends.ews.exchange import Exchange, User
from tests.sync.backends.ews.hand import EwsHand
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.hand import GraphHand
from tests.sync.backends.graph_double.login import CLIENT, TENANT, Login
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.backends.hand import Hand
from tests.sync.backends.mail.post import Post, listening
from tests.sync.backends.mail.reply import TRUSTED

ANN, BOB, HALL, PLANNER = "ann@example.com", "bob@example.com", "hall@example.com", "plan@example.com"
TOKEN = "token-of-the-tests"
MEETING = {"style": {"mode": "meeting", "organizer": PLANNER}}


@dataclass
class Place:
    """An empty server.

    Attributes
    ----------
    value
        The connection's settings, as an admin sends them; `style` comes with the test.
    events
        Begin, by the id of each event that stands in a mailbox.
    writes
        How many requests came that write.
    invited
        Who is invited to the organiser's event of that id, and whether as a resource.
    """

    value: dict[str, Any]
    hand: Hand
    events: Callable[[str], dict[str, datetime]]
    writes: Callable[[], int]
    invited: Callable[[str], dict[str, bool]]


@contextmanager
def exchange(folder: Path) -> Iterator[Place]:
    double = Exchange()
    for address in (ANN, BOB, PLANNER):
        double.add_mailbox(address)
    double.add_mailbox(HALL, room=True)
    double.add_user(User("robot", "secret", impersonates=True))
    server = EwsServer(double)

    def events(mailbox: str) -> dict[str, datetime]:
        return {item.id: item.start for item in double.mailboxes[mailbox].in_folder("calendar")}

    def writes() -> int:
        return sum(any(f"{act}Item" in str(entry) for act in ("Create", "Update", "Delete")) for entry in server.log)

    def invited(id: str) -> dict[str, bool]:
        return {one.address: one.role == "Resources" for one in double.mailboxes[PLANNER].take(id).invited}

    sign_in = {"method": "basic", "username": "robot", "password": "secret"}
    try:
        value = {"kind": "exchange", "url": server.url, "sign_in": sign_in}
        yield Place(value, EwsHand(double), events, writes, invited)
        assert server.complaints == []
    finally:
        server.close()


@contextmanager
def graph(folder: Path) -> Iterator[Place]:
    """Whoever uses it trusts the certificate in the folder (REQUESTS_CA_BUNDLE)."""
    double, login = Double(), Login(certificate.make(folder), "the~application's~secret", TOKEN)
    for address in (ANN, BOB, PLANNER):
        double.add_mailbox(address)
    double.add_mailbox(HALL, room=True)
    server = GraphServer(double, token=TOKEN)

    def events(mailbox: str) -> dict[str, datetime]:
        return {item.id: item.start for item in double.mailboxes[mailbox].items.values()}

    def invited(id: str) -> dict[str, bool]:
        found = double.mailboxes[PLANNER].items[id].fields["attendees"]
        return {one["emailAddress"]["address"]: one["type"] == "resource" for one in found}

    who = {"tenant": TENANT, "client_id": CLIENT, "client_secret": login.secret, "cloud": login.url}
    value = {"kind": "graph", "url": server.url, "sign_in": {"method": "secret", **who}}
    try:
        yield Place(value, GraphHand(double), events, lambda: len(server.writes()), invited)
        assert server.complaints == []
    finally:
        server.close()
        login.close()


@dataclass
class Mail:
    """A mail server, the organiser's mailbox in Cyrus, and all that was sent."""

    value: dict[str, Any]
    post: Post
    authority: str
    answer: Callable[[bytes], object] = field(repr=False)

    @property
    def mails(self) -> list[EmailMessage]:
        return self.post.mails


@contextmanager
def mail() -> Iterator[Mail]:
    """Whoever uses it trusts the certificate `authority` (SSL_CERT_FILE)."""
    post = Post()
    with ExitStack() as stack:
        cyrus = stack.enter_context(dav.cyrus())
        inside = stack.enter_context(smtplib.LMTP(cyrus.lmtp))
        paper = str(cyrus.authority), str(Path(str(cyrus.authority)).with_name("key.pem"))
        port = stack.enter_context(listening(post, paper))
        user = dav.user_of(dav.add_mailbox(cyrus, PLANNER))
        inbox = {"host": "localhost", "port": cyrus.imaps, "username": user, "password": dav.PASSWORD}
        value = {
            "kind": "itip",
            "organizer": PLANNER,
            "outgoing": {"host": "localhost", "port": port},
            "inbox": {**inbox, "trusted": TRUSTED},
        }
        yield Mail(value, post, paper[0], lambda raw: inside.sendmail("ann@example.com", [user], raw))
