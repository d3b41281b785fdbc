"""The company: twelve technicians and four rooms."""

from datetime import date, time, timedelta

from scheduler.domain.interval import Interval
from scheduler.domain.resource import Absence, Break, LocalSpan, Room, Skill, Technician, WorkingHours
from scheduler.domain.travel import Place
from scheduler.io.demo.addresses import ADDRESSES, OFFICE

ZONE = "Europe/Kyiv"
MONDAY = date(2026, 3, 23)
WEDNESDAY, FRIDAY = MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)
CAMERA = "thermal camera"

PEOPLE: tuple[tuple[str, dict[str, int], int, str], ...] = (
    ("Olena Koval", {"gas": 3, "hvac": 1}, 13, "08:00-17:00"),
    ("Andrii Melnyk", {"gas": 2, "electric": 1}, 20, "08:00-17:00"),
    ("Iryna Shevchuk", {"gas": 1}, 30, "08:00-17:00"),
    ("Taras Bondar", {"gas": 2}, 42, "09:00-18:00"),
    ("Mykola Tkachenko", {"electric": 3}, 36, "08:00-17:00"),
    ("Sofiia Kravets", {"electric": 2, "hvac": 1}, 16, "08:00-17:00"),
    ("Bohdan Lysenko", {"electric": 1, "gas": 1}, 22, "07:30-16:30"),
    ("Kateryna Moroz", {"electric": 2}, 5, "09:00-18:00"),
    ("Yurii Savchenko", {"hvac": 3, "electric": 1}, 40, "08:00-17:00"),
    ("Daryna Polishchuk", {"hvac": 2}, 26, "08:00-17:00"),
    ("Oleh Hrytsenko", {"hvac": 2, "gas": 1}, 33, "08:00-17:00"),
    ("Nadiia Zinchenko", {"hvac": 1, "electric": 1}, 11, "09:00-18:00"),
)
ABSENT = {
    "t04": (WEDNESDAY, "00:00-00:00", "day off"),
    "t07": (FRIDAY, "13:00-17:00", "doctor"),
    "t09": (WEDNESDAY, "00:00-00:00", "works abroad"),
}
ROOMS: tuple[tuple[str, str, int, tuple[str, ...], int], ...] = (
    ("r1", "Training room", 12, ("projector",), 1),
    ("r2", "Workshop", 0, ("test bench", "gas supply"), 1),
    ("r3", "Showroom", 8, ("projector", "heat pump"), 1),
    ("r4", "Store", 4, ("loading ramp",), 2),
)


def span(given: str) -> LocalSpan:
    start, _, end = given.partition("-")
    return LocalSpan(start=time.fromisoformat(start), end=time.fromisoformat(end))


def on(day: date, given: str) -> Interval:
    """A span of local time on a day of the week that is planned."""
    found = span(given).on(day, ZONE)
    assert found is not None
    return found


def weekdays(given: str) -> WorkingHours:
    return WorkingHours(time_zone=ZONE, weekly={day: (span(given),) for day in range(5)})


def technicians() -> tuple[Technician, ...]:
    return tuple(_technician(n) for n in range(len(PEOPLE)))


def _technician(n: int) -> Technician:
    name, skills, _, hours = PEOPLE[n]
    own = f"t{n + 1:02}"
    absences: tuple[Absence, ...] = ()
    if own in ABSENT:
        day, when, why = ABSENT[own]
        absences = (Absence(interval=on(day, when), reason=why),)
    return Technician(
        id=own,
        name=name,
        email=f"{name.lower().replace(' ', '.')}@example.com",
        skills=tuple(Skill(skill=skill, level=level) for skill, level in skills.items()),
        working_hours=weekdays(hours),
        absences=absences,
        breaks=(Break(id="lunch", window=span("12:00-14:00"), duration=timedelta(minutes=45)),),
        start_place=f"home:{own}",
        end_place=f"home:{own}",
        cost_per_hour=300,
        cost_per_km=9,
        overtime_limit=timedelta(minutes=60),
        tools=frozenset({CAMERA}) if own == "t09" else frozenset(),
        custom={"phone": f"+380 44 000 01 {n + 1:02}"},
    )


def rooms() -> tuple[Room, ...]:
    taken = Absence(interval=on(MONDAY, "14:00-16:00"), reason="board meeting")
    return tuple(
        Room(
            id=own,
            name=name,
            place="office",
            seats=seats,
            features=frozenset(features),
            capacity=capacity,
            opening=weekdays("08:00-18:00"),
            turnaround=timedelta(minutes=15),
            absences=(taken,) if own == "r1" else (),
        )
        for own, name, seats, features, capacity in ROOMS
    )


def homes() -> tuple[Place, ...]:
    """Where technicians live, and the office that holds the rooms."""
    office = Place(
        id="office", name="Office", address=OFFICE.street, latitude=OFFICE.latitude, longitude=OFFICE.longitude
    )
    found = [office]
    for n, (name, _, at, _) in enumerate(PEOPLE):
        home = ADDRESSES[at]
        found.append(
            Place(
                id=f"home:t{n + 1:02}",
                name=f"{name}, home",
                address=home.street.rpartition(" ")[0],
                latitude=round(home.latitude + 0.004, 6),
                longitude=round(home.longitude - 0.005, 6),
            )
        )
    return tuple(found)
