"""`fieldplan sync`, on calendars in memory."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scheduler.cli.app import app
from scheduler.cli.say import complain
from scheduler.domain.errors import InvalidInput
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.sync.backends.memory import Memory
from scheduler.sync.connections import opening
from scheduler.sync.connections.secrets import KEYS, Secret, Vault, new_key
from scheduler.sync.connections.settings import read_settings
from scheduler.sync.errors import Unreachable
from scheduler.sync.event import EventKey, uid_of
from scheduler.sync.notice.telling import MailServer, Message
from tests import builders as b
from tests.sync.backends.mail.reply import TRUSTED, reply
from tests.sync.backends.test_memory import MemoryHand

MONDAY = datetime.combine(datetime.now(UTC).date() + timedelta(days=7), time(9), UTC)
HOUR = timedelta(hours=1)
FILE = """
secret = { env = "SECRET" }
default = "office"
[connections.office]
kind = "memory"
"""


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    """One server for all commands of a test."""
    server = Memory()
    monkeypatch.setattr(opening, "open_backend", lambda *_: server)
    monkeypatch.setenv("SECRET", "of the tests")
    return server


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    hours = b.hours("08:00", "20:00", "UTC")
    people = [b.technician(id, at=None, working_hours=hours, email=f"{id}@example.com") for id in ("olena", "taras")]
    problem = b.problem(
        technicians=people,
        activities=[b.activity(f"a{n}") for n in range(8)],
        horizon=Interval(start=MONDAY - 9 * HOUR, end=MONDAY + timedelta(days=5)),
        time_zone="UTC",
    )
    Path("p.json").write_text(problem.model_dump_json())
    Path("c.toml").write_text(FILE)
    write_plan(*range(8))
    return tmp_path


def write_plan(*numbers: int) -> None:
    bookings = [
        Booking(
            activity=f"a{n}",
            requirement="technician",
            resource=("olena", "taras")[n % 2],
            start=MONDAY + n * HOUR,
            end=MONDAY + (n + 1) * HOUR,
        )
        for n in numbers
    ]
    Path("plan.json").write_text(Plan(bookings=tuple(bookings)).model_dump_json())


def run(*command: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["sync", *command, "--connections", "c.toml"])
    if isinstance(done.exception, InvalidInput):
        assert complain(done.exception) == code
        return str(done.exception)
    assert done.exit_code == code, done.output
    return done.output


def push(*more: str, code: int = 0) -> str:
    return run("push", "p.json", "plan.json", *more, code=code)


def test_a_plan_goes_out_once(folder: Path, memory: Memory) -> None:
    said = push("--dry-run")
    assert said.count("create") == 8 and "nothing was sent" in said and not memory.calendar("olena@example.com").events
    assert "8 created" in push() and "nothing to do" in push()
    assert len(memory.calendar("olena@example.com").events) == 4
    assert "4 live" in run("status")


def test_each_person_picks_a_connection(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = {"connections.office": Memory(), "connections.home": Memory()}
    monkeypatch.setattr(opening, "open_backend", lambda given, vault, path, *_: servers[path])
    monkeypatch.setenv("SECRET", "of the tests")
    more = '[connections.home]\nkind = "memory"\n[people.taras]\nconnection = "home"\naddress = "t@example.org"'
    Path("c.toml").write_text(f"{FILE}{more}")
    assert "8 created" in push()
    office, home = servers.values()
    assert [len(m.calendar(a).events) for m, a in ((office, "olena@example.com"), (home, "t@example.org"))] == [4, 4]
    Path("c.toml").write_text(f"{FILE}{more}".replace('connection = "home"', 'connection = "office"'))
    push("--allow-deletions", "4")
    assert not home.calendar("t@example.org").events and len(office.calendar("t@example.org").events) == 4


def test_many_deletions_are_asked_about(folder: Path, memory: Memory) -> None:
    push()
    write_plan(0)
    said = push("--dry-run")
    assert said.count("delete  ") == 7 and "would stop: 7 of 8" in said
    assert "stopped: 7 of 8" in push(code=1) and len(memory.calendar("olena@example.com").events) == 4
    assert "7 deleted" in push("--allow-deletions", "7")


def test_a_dry_run_says_what_would_be_put_back(folder: Path, memory: Memory) -> None:
    push()
    by_start = {event.start: id for id, event in memory.calendar("olena@example.com").events.items()}
    midnight = MONDAY + 15 * HOUR
    MemoryHand(memory).move("olena@example.com", by_start[MONDAY], midnight, midnight + HOUR)
    said = push("--dry-run")
    assert f"update  olena@example.com (office): a0, {midnight:%Y-%m-%d %H:%M}" in said and "1 change(s)" in said
    assert memory.calendar("olena@example.com").events[by_start[MONDAY]].start == midnight
    assert "1 updated" in push()


def test_a_mail_server_that_fails_leaves_messages_to_the_next_push(
    folder: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("c.toml").write_text(f'mail = {{ host = "mail.example.com", sender = "plan@example.com" }}\n{FILE}')
    sent, down = list[str](), {"olena@example.com"}

    def hand_in(server: MailServer, message: Message) -> None:
        if message.to in down:
            raise Unreachable("mail.example.com: no answer")
        sent.append(message.to)

    monkeypatch.setattr(MailServer, "__call__", hand_in)
    said = push(code=1)
    assert "8 created, 1 told" in said and "left: the message to olena@example.com: mail.example.com" in said
    down.clear()
    assert "1 told" in push() and "nothing to do" in push()
    assert sent == ["taras@example.com", "olena@example.com"]


def test_what_people_do_comes_back_as_facts(folder: Path, memory: Memory) -> None:
    push()
    hand, box = MemoryHand(memory), memory.calendar("olena@example.com")
    by_start = {event.start: id for id, event in box.events.items()}
    hand.move("olena@example.com", by_start[MONDAY + 6 * HOUR], MONDAY + 8 * HOUR, MONDAY + 9 * HOUR)
    hand.remove("olena@example.com", by_start[MONDAY])
    said = run("pull", "p.json", "plan.json", "-o", "next.json", code=1)
    assert "lock: a6 stays" in said and "deleted a0" in said
    (question,) = [line.split()[1].rstrip(":") for line in said.splitlines() if line.startswith("question")]
    assert "noted" in run("decide", question, "--yes")
    assert "not open" in run("decide", question, "--yes", code=2)
    first = Problem.read(Path("next.json").read_text())
    assert first.standing is not None
    Path("plan.json").write_text(first.standing.model_dump_json())
    assert "plan again: nobody serves a0/technician/0" in run("pull", "next.json", "plan.json", "-o", "last.json")
    last = Problem.read(Path("last.json").read_text())
    assert last.standing is not None and "a0" not in last.standing.by_activity
    assert [(lock.activity, lock.start) for lock in last.locks] == [("a6", MONDAY + 8 * HOUR)]
    assert [a.interval.start for a in last.technician["olena"].absences] == [MONDAY]


def test_conflicts_are_told_with_both_versions(folder: Path, memory: Memory) -> None:
    push()
    box = memory.calendar("olena@example.com")
    id = next(id for id, event in box.events.items() if event.start == MONDAY)
    MemoryHand(memory).move("olena@example.com", id, MONDAY + 8 * HOUR, MONDAY + 9 * HOUR)
    write_plan(1, 2, 3, 4, 5, 6, 7)
    push()
    (line,) = [line for line in run("status", "--conflicts").splitlines() if "ours:" in line]
    assert "a0: ours: none; theirs: a0, " in line and f"{MONDAY + 8 * HOUR:%H:%M}" in line


def test_busy_times_are_absences_that_follow_the_calendar(folder: Path, memory: Memory) -> None:
    from scheduler.sync.port import Availability

    hand = MemoryHand(memory)
    at = {"subject": "secret", "availability": Availability.BUSY, "private": True}
    id = hand.add("taras@example.com", MONDAY + 30 * HOUR, MONDAY + 31 * HOUR, **at)  # type: ignore[arg-type]
    push()
    run("pull", "p.json", "plan.json", "-o", "next.json")
    assert [a.reason for a in Problem.read(Path("next.json").read_text()).technician["taras"].absences] == ["calendar"]
    assert "secret" not in Path("next.json").read_text()
    hand.remove("taras@example.com", id)
    run("pull", "next.json", "plan.json", "-o", "last.json")
    assert Problem.read(Path("last.json").read_text()).technician["taras"].absences == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('secret = "plain"', "secret: is a plain secret"),
        ('secret = { env = "NOT_SET" }', "secret: the environment variable NOT_SET is not set"),
        ('secret = { encrypted = "x" }', "FIELDPLAN_KEYS: holds no key"),
        ("secret = ", "is no TOML"),
        ('secret = { env = "SECRET" }\ndefault = "home"', "default names 'home'"),
        ("", "secret: is missing"),
    ],
)
def test_a_faulty_file_is_told(folder: Path, memory: Memory, text: str, fault: str) -> None:
    rest = FILE.split("\n", 3)[3] if "TOML" not in fault else ""
    Path("c.toml").write_text(f"{text}\n{rest}")
    assert fault in run("status", code=2)


def test_answers_by_mail_are_handed_in(folder: Path, memory: Memory) -> None:
    outgoing = 'organizer = "plan@example.com"\noutgoing = { host = "mail.example.com" }'
    Path("c.toml").write_text(FILE.replace('kind = "memory"', f'kind = "itip"\n{outgoing}'))
    push()
    uid = uid_of(EventKey("a0", "technician", 0), b"of the tests")
    Path("true.eml").write_bytes(reply(uid=uid))
    Path("forged.eml").write_bytes(reply(uid=uid, proof=()))
    command = ("hear", "p.json", "plan.json", "true.eml", "forged.eml", "--connection")
    said = run(*command, "office", "--trusted", TRUSTED)
    assert "1 event(s) answered" in said and "forged.eml: no answer" in said
    assert "olena@example.com declined a0" in said and "question" in run("status")
    assert "0 event(s) answered" in run(*command, "office", "--trusted", TRUSTED)
    Path("c.toml").write_text(FILE)
    assert "does not invite by mail" in run(*command, "office", code=2)


def test_a_meeting_needs_its_organiser(folder: Path) -> None:
    Path("c.toml").write_text(f'{FILE}style = {{ mode = "meeting" }}')
    with pytest.raises(InvalidInput, match="organizer is missing"):
        read_settings(Path("c.toml"))


def test_secrets_are_encrypted_under_keys_that_may_change() -> None:
    old, new = new_key(), new_key()
    sealed = Vault({KEYS: old}).encrypt("pass word")
    assert "pass" not in sealed
    turned = Vault({KEYS: f"{new}, {old}"}).again(sealed)
    revealed = Vault({KEYS: new}).reveal(Secret(encrypted=turned), "x")
    assert revealed.get_secret_value() == "pass word" and "pass" not in repr(revealed)
    with pytest.raises(InvalidInput, match="encrypt it again"):
        Vault({KEYS: new}).reveal(Secret(encrypted=sealed), "x")


def test_the_command_encrypts_what_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    key = CliRunner().invoke(app, ["sync", "key"]).output.strip()
    monkeypatch.setenv(KEYS, key)
    printed = CliRunner().invoke(app, ["sync", "encrypt"], input="pass word\n").output
    sealed = json.loads(printed.replace("encrypted =", '"encrypted":'))
    assert Vault({KEYS: key}).reveal(Secret(**sealed), "x").get_secret_value() == "pass word"
