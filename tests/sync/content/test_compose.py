"""What people read in their calendars."""

from datetime import timedelta

import pytest

from scheduler.domain.activity import Briefing
from scheduler.domain.plan import BookingStatus
from scheduler.sync.content.compose import Composer
from scheduler.sync.content.people import Person, Style
from scheduler.sync.content.words import WORDS
from scheduler.sync.event import Event, EventKey, uid_of
from tests import builders as b

EVIL = "<script>alert('x')</script> & {{ 7*7 }} {% raw %}"
OLENA = Person("olena", "office", "olena@example.com")
TARAS = Person("taras", "office", "taras@example.com", "uk")
HALL = Person("hall", "office", "hall@example.com")


def events(people: list[Person], style: Style, **briefing: object) -> dict[tuple[str, EventKey], Event]:
    need = (b.requirement("lead"), b.requirement("helper"), b.requirement("room", kind="room"))
    given = {"instructions": "Ring twice.", "contact": "Ms Bilyk", "phone": "+380 1", "bring": ("form", "seal")}
    told = Briefing.model_validate({**given, "links": ("https://example.com/1", "javascript:alert(1)"), **briefing})
    problem = b.problem(
        technicians=[b.technician("olena", name="Olena"), b.technician("taras", name="Taras", custom={"phone": "+2"})],
        rooms=[b.room("hall", name="Hall", at="p2")],
        activities=[
            b.activity("a", place="p3", name="Lift", requirements=need, briefing=told, setup=b.minutes(5)),
            b.activity("z", place="p1"),
        ],
    )
    bookings = [
        b.booking("z", "olena", "08:10"),
        *(b.booking("a", who, "10:00", requirement=r) for r, who in (("lead", "olena"), ("helper", "taras"))),
        b.booking("a", "hall", "10:00", requirement="room"),
    ]
    first = bookings[1]
    route = b.route("olena", "08:00", "12:00", "z")
    plan = b.plan(*bookings, routes=[route.model_copy(update={"bookings": (*route.bookings, first.key)})])
    wanted = Composer(problem, plan, b"secret", "why").wanted(people, {"office": style})
    return {(i.mailbox, i.key): i.event for i in wanted if i.event is not None}


LEAD = ("olena@example.com", EventKey("a", "lead", 0))


def test_everybody_has_an_event_that_says_what_to_do() -> None:
    found = events([OLENA, TARAS, HALL], Style())
    assert {mailbox for mailbox, key in found if key.activity == "a"} == {p.address for p in (OLENA, TARAS, HALL)}
    event = found[LEAD]
    assert (event.start, event.end) == (b.moment("09:55"), b.moment("11:00"))
    assert event.uid == uid_of(LEAD[1], b"secret") and event.summary == "Lift" and "Proposed" in event.categories
    assert event.description.splitlines() == [
        "Ring twice.",
        "",
        "Contact: Ms Bilyk, +380 1",
        "Where: Hall, p3",
        "Bring: form, seal",
        "With: Taras (+2)",
        "Drive before: 20 min from p1",
        "Setup: 5 min",
        "Activity: a",
        "Links:",
        "https://example.com/1",
        "javascript:alert(1)",
    ]
    assert '<a href="https://example.com/1">' in event.html and 'href="javascript' not in event.html


def test_people_read_their_own_language() -> None:
    event = events([TARAS], Style())["taras@example.com", EventKey("a", "helper", 0)]
    assert "Контакт: Ms Bilyk" in event.description and "Взяти з собою" in event.html
    assert set(WORDS["uk"]) == set(WORDS["en"])


def test_free_text_is_no_markup_and_no_template() -> None:
    event = events([OLENA], Style(), instructions=EVIL, contact=EVIL, bring=(EVIL,), links=(f"https://e.com/{EVIL}",))[
        LEAD
    ]
    assert "<script" not in event.html and "&lt;script&gt;" in event.html and "{{ 7*7 }}" in event.html
    assert event.description.startswith(EVIL)


def test_the_drive_is_a_block_with_the_reminder_or_a_line() -> None:
    block = events([OLENA], Style(travel="block"))
    drive = block["olena@example.com", LEAD[1]._replace(part="travel")]
    assert (drive.start, drive.end) == (b.moment("09:35"), b.moment("09:55")) and "Drive to" in drive.summary
    assert drive.reminder == timedelta(minutes=30) and block[LEAD].reminder is None
    assert drive.uid != block[LEAD].uid and "Drive before" not in block[LEAD].description
    assert events([OLENA], Style())[LEAD].reminder == timedelta(minutes=50)
    assert events([OLENA], Style(travel="none"))[LEAD].reminder == timedelta(minutes=30)


def test_a_meeting_invites_people_and_rooms_once() -> None:
    style = Style(mode="meeting", organizer="plan@example.com")
    found = events([OLENA, TARAS, HALL], style)
    event = found["plan@example.com", EventKey("a")]
    assert event.attendees == ("olena@example.com", "taras@example.com") and event.rooms == ("hall@example.com",)
    assert event.organizer == "plan@example.com" and len(found) == 2


@pytest.mark.parametrize("status", list(BookingStatus))
def test_every_status_has_a_word(status: BookingStatus) -> None:
    assert all(WORDS[language][status.value] for language in WORDS)
