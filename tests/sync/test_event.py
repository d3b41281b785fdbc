"""What a booking becomes in a calendar."""

from scheduler.domain.activity import Briefing
from scheduler.domain.plan import BookingStatus
from scheduler.domain.travel import Place
from scheduler.sync.event import Event, EventKey, EventStatus, event_of, safe_link, uid_of
from tests.builders import activity, booking, minutes, moment, plan, problem, requirement, room, technician

HOME = Place(id="p1", address="Main St 1", latitude=50.5, longitude=30.5)
OFFICE = Place(id="p2", address="Office St 2", latitude=50.4, longitude=30.4)


def test_the_identity_is_a_function_of_what_the_event_is_for_and_of_the_secret() -> None:
    assert uid_of(EventKey("a", "technician")) == uid_of(EventKey("a", "technician", 0))
    keys = [EventKey("a", "b"), EventKey("a", "b", 1), EventKey("ab"), EventKey("a", "b", 0, "x"), EventKey('a","b')]
    assert len({uid_of(key) for key in keys} | {uid_of(key, b"secret") for key in keys}) == 10
    assert uid_of(EventKey("a", "technician"), b"secret") == "1f4b2ce51578a5ad3df45826c741a4f4da4471e9@fieldplan"


def test_the_stamp_covers_what_we_say_and_nothing_else() -> None:
    event = Event(uid="u", start=moment("09:00"), end=moment("10:00"), summary="Lift")
    assert event.stamp == event.model_copy(update={"sequence": 4, "notes": "key is under the mat"}).stamp
    changed = [{"summary": "x"}, {"start": moment("08:00")}, {"rooms": ("r@example.com",)}, {"reminder": minutes(5)}]
    assert len({event.stamp, *(event.model_copy(update=change).stamp for change in changed)}) == 5


def test_moving_a_booking_keeps_its_event() -> None:
    here = problem(technicians=[technician("t"), technician("u")], activities=[activity("a")])
    first, second = booking("a", "t", "09:00"), booking("a", "u", "15:00")
    assert event_of(here, plan(first), first).uid == event_of(here, plan(second), second).uid


def test_an_event_says_what_where_and_with_whom() -> None:
    briefing = Briefing(
        contact="Ms Bilyk",
        phone="+380 1",
        instructions="Ring twice.",
        bring=("ladder",),
        links=("javascript:alert(1)", "https://example.com/1"),
    )
    lift = activity(
        "a",
        name="Lift",
        place="p1",
        setup=minutes(10),
        teardown=minutes(5),
        briefing=briefing,
        service_type="repair",
        requirements=(requirement(count=2),),
    )
    here = problem(
        technicians=[technician("t"), technician("u", name="Olena")],
        activities=[lift],
        travel=_roads(),
        places=(Place(id="p0", latitude=50.0, longitude=30.0), HOME),
    )
    one, two = booking("a", "t", "09:00"), booking("a", "u", "09:00", ordinal=1)
    event = event_of(here, plan(one, two), one, reminder=minutes(30))
    assert (event.summary, event.location, event.geo) == ("Lift", "Main St 1", (50.5, 30.5))
    assert (event.start, event.end) == (moment("08:50"), moment("10:05"))
    assert (event.categories, event.url, event.reminder) == (("repair",), "https://example.com/1", minutes(30))
    for said in ("Ring twice.", "Contact: Ms Bilyk, +380 1", "Bring: ladder", "With: Olena", "https://example.com/1"):
        assert said in event.description


def test_what_happens_in_a_room_is_located_there() -> None:
    training = activity("a", place=None, requirements=(requirement(), requirement("room", kind="room")))
    here = problem(
        technicians=[technician("t", at="p1")],
        activities=[training],
        places=(HOME, OFFICE),
        travel=_roads(),
        rooms=[room("r", at="p2", name="Hall")],
    )
    one, two = booking("a", "t", "09:00"), booking("a", "r", "09:00", requirement="room")
    event = event_of(here, plan(one, two), one)
    assert (event.location, event.geo) == ("Hall, Office St 2", (50.4, 30.4))


def test_the_status_follows_the_booking() -> None:
    here = problem(technicians=[technician("t")], activities=[activity("a")])
    for status, expected in (
        (BookingStatus.PROPOSED, EventStatus.TENTATIVE),
        (BookingStatus.PUBLISHED, EventStatus.CONFIRMED),
        (BookingStatus.DECLINED, EventStatus.CANCELLED),
    ):
        one = booking("a", "t", "09:00", status=status)
        assert event_of(here, plan(one), one).status is expected


def test_only_harmless_links_may_be_clicked() -> None:
    assert safe_link("https://example.com") and safe_link("tel:+380")
    assert not any(map(safe_link, ("javascript:alert(1)", "file:///etc/passwd", "example.com", "http://[bad")))


def _roads():  # type: ignore[no-untyped-def]
    from scheduler.domain.travel import TravelTimes

    return TravelTimes()
