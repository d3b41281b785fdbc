"""`fieldplan sync` with a connections file that names an Exchange server."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scheduler.cli.app import app
from scheduler.domain.errors import InvalidInput
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking, Plan
from scheduler.sync.connections.opening import open_backend
from scheduler.sync.connections.secrets import Vault
from scheduler.sync.connections.settings import ExchangeConnection
from scheduler.sync.port import Response
from tests import builders as b
from tests.sync.backends.ews import meetings
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.fixtures import WithExchange
from tests.sync.backends.ews.hand import EwsHand
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.people import HALL, OLENA, TARAS

MONDAY = datetime.combine(datetime.now(UTC).date() + timedelta(days=7), time(9), UTC)
HOUR = timedelta(hours=1)
OFFICE = "office@example.com"
SIGN_IN = {"method": "basic", "username": "robot", "password": {"env": "PASSWORD"}}

APPLICATION = {
    "method": "oauth",
    "client_id": "app",
    "client_secret": {"env": "PASSWORD"},
    "token_url": "https://login.example.com/token",
    "scope": "https://mail.example.com/.default",
    "mailbox": OLENA,
}


def connection(**more: object) -> ExchangeConnection:
    given = {"kind": "exchange", "url": "https://localhost/EWS/Exchange.asmx", "sign_in": SIGN_IN}
    return ExchangeConnection.model_validate({**given, **more})


def opened(**more: object) -> None:
    open_backend(connection(**more), Vault({"PASSWORD": "p"}), "connections.office").close()


def test_every_way_to_sign_in_can_be_written_down() -> None:
    opened()
    opened(sign_in={**SIGN_IN, "method": "ntlm"}, access="delegate", time_zone="Europe/Kyiv")
    opened(sign_in=APPLICATION)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"url": "http://mail.example.com"}, "https"),
        ({"time_zone": "Mars/Crater"}, "Mars/Crater"),
        ({"sign_in": {**SIGN_IN, "password": {"env": "NOWHERE"}}}, "NOWHERE"),
        ({"sign_in": {**APPLICATION, "token_url": "http://login.example.com/token"}}, "token_url"),
    ],
)
def test_what_can_not_be_opened_is_named(more: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput, match=r"connections\.office(.|\n)*" + said):
        opened(**more)


class TestCommand(WithExchange):
    @pytest.fixture
    def folder(self, server: EwsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PASSWORD", "secret")
        hours = b.hours("08:00", "20:00", "UTC")
        emails = {"olena": OLENA, "taras": TARAS}
        problem = b.problem(
            technicians=[b.technician(id, at=None, working_hours=hours, email=at) for id, at in emails.items()],
            rooms=[b.room("hall", at=None, opening=hours, mailbox=HALL)],
            activities=[b.activity("a", requirements=(b.requirement(count=2), b.requirement("room", kind="room")))],
            horizon=Interval(start=MONDAY - 9 * HOUR, end=MONDAY + timedelta(days=5)),
            time_zone="UTC",
        )
        Path("p.json").write_text(problem.model_dump_json())
        self.plan(MONDAY)

    def plan(self, start: datetime) -> None:
        times = {"activity": "a", "start": start, "end": start + HOUR}
        bookings = (
            Booking(requirement="technician", resource="olena", ordinal=0, **times),
            Booking(requirement="technician", resource="taras", ordinal=1, **times),
            Booking(requirement="room", resource="hall", **times),
        )
        Path("plan.json").write_text(Plan(bookings=bookings).model_dump_json())

    def push(self, server: EwsServer, style: str = "") -> str:
        Path("c.toml").write_text(f"""
            secret = {{ env = "PASSWORD" }}
            default = "office"
            [connections.office]
            kind = "exchange"
            url = "{server.url}"
            sign_in = {{ method = "basic", username = "robot", password = {{ env = "PASSWORD" }} }}
            {style}
        """)
        done = CliRunner().invoke(app, ["sync", "push", "p.json", "plan.json", "--connections", "c.toml"])
        assert done.exit_code == 0, done.output
        return done.output

    def test_everybody_has_it_in_their_calendar(self, folder: None, server: EwsServer, double: Double) -> None:
        assert "3 created" in self.push(server) and "nothing to do" in self.push(server)
        assert [len(double.mailboxes[one].in_folder("calendar")) for one in (OLENA, TARAS, HALL)] == [1, 1, 1]
        assert double.mails == []

    def test_or_is_invited_by_the_office(self, folder: None, server: EwsServer, double: Double) -> None:
        double.add_mailbox(OFFICE)
        style = f'style = {{ mode = "meeting", organizer = "{OFFICE}" }}'
        assert "1 created" in self.push(server, style) and "nothing to do" in self.push(server, style)
        assert {(one, mail.kind) for one, mail in double.mails} == {(x, "MeetingRequest") for x in (OLENA, TARAS, HALL)}
        assert len(double.mails) == 3

    def test_answers_do_not_keep_a_new_plan_out(
        self, folder: None, server: EwsServer, double: Double, hand: EwsHand
    ) -> None:
        """Each answer changes the event's version in the organiser's calendar."""
        double.add_mailbox(OFFICE)
        style = f'style = {{ mode = "meeting", organizer = "{OFFICE}" }}'
        self.push(server, style)
        (meeting,) = double.mailboxes[OFFICE].in_folder("calendar")
        meetings.decide(double)
        hand.answer(OFFICE, meeting.id, OLENA, Response.ACCEPTED)
        double.mails.clear()
        self.plan(MONDAY + 2 * HOUR)
        assert "1 updated" in self.push(server, style) and "nothing to do" in self.push(server, style)
        (meeting,) = double.mailboxes[OFFICE].in_folder("calendar")
        assert meeting.start == MONDAY + 2 * HOUR and len(double.mails) == 3
        for one in (OLENA, TARAS, HALL):
            assert [item.start for item in double.mailboxes[one].in_folder("calendar")] == [meeting.start]
