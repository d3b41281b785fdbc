"""The week's ordinary work: 80 visits to customers, drawn from a small catalogue by a fixed pattern."""

from datetime import timedelta
from typing import NamedTuple

from scheduler.domain.activity import Activity, Briefing, Requirement, SkillNeed
from scheduler.domain.interval import Interval
from scheduler.domain.travel import Place
from scheduler.io.demo.addresses import ADDRESSES
from scheduler.io.demo.people import MONDAY, on

VISITS = 80


class Service(NamedTuple):
    name: str
    kind: str
    skill: str
    level: int
    minutes: int
    priority: int
    instructions: str
    bring: tuple[str, ...]


SERVICES = (
    Service("Boiler inspection", "inspection", "gas", 1, 90, 2, "Check pressure and flue.", ("form G-7",)),
    Service(
        "Meter exchange",
        "installation",
        "electric",
        1,
        75,
        2,
        "Seal the new meter, photograph both readings.",
        ("meter", "seals"),
    ),
    Service(
        "Air conditioner service", "inspection", "hvac", 1, 90, 1, "Clean filters, check refrigerant.", ("filter set",)
    ),
    Service(
        "Gas boiler repair",
        "repair",
        "gas",
        2,
        120,
        5,
        "Burner fails to ignite. Shut the valve before opening.",
        ("gas detector", "ignition set"),
    ),
    Service(
        "Fuse board repair",
        "repair",
        "electric",
        2,
        120,
        4,
        "Breaker trips under load; measure each circuit.",
        ("breakers", "multimeter"),
    ),
    Service("Ventilation cleaning", "inspection", "hvac", 2, 150, 1, "Cover the furniture.", ("brush set", "covers")),
    Service(
        "Boiler replacement",
        "installation",
        "gas",
        2,
        240,
        3,
        "Take the old boiler to the store.",
        ("pipe set", "gas detector"),
    ),
    Service(
        "Charging point installation",
        "installation",
        "electric",
        3,
        210,
        3,
        "Wall box 11 kW, cable is laid.",
        ("wall box", "torque wrench"),
    ),
    Service(
        "Heat pump commissioning",
        "installation",
        "hvac",
        2,
        180,
        3,
        "Vent the circuit, set the heating curve.",
        ("manometer",),
    ),
    Service(
        "Gas safety certificate",
        "inspection",
        "gas",
        3,
        90,
        4,
        "Annual certificate for the house's owners.",
        ("gas detector", "form G-9"),
    ),
)
CONTACTS = (
    "Ms Bilyk",
    "Mr Danylenko",
    "Ms Fedorenko",
    "Mr Honchar",
    "Ms Klymenko",
    "Mr Panchenko",
    "Ms Rudenko",
    "Mr Symonenko",
)
HALVES = ("08:00-12:00", "12:00-17:00")


def place(n: int) -> Place:
    """The n-th customer: an address of the list, a little off where it is used again."""
    address, again = ADDRESSES[n * 7 % len(ADDRESSES)], n // len(ADDRESSES)
    return Place(
        id=f"customer:{n + 1:02}",
        address=address.street,
        latitude=round(address.latitude + again * 0.0031, 6),
        longitude=round(address.longitude - again * 0.0042, 6),
    )


def visit(n: int) -> Activity:
    """The n-th visit: what, where, when the customer is at home, what was promised."""
    service = SERVICES[n % len(SERVICES)]
    address = ADDRESSES[n * 7 % len(ADDRESSES)]
    needs = (SkillNeed(skill=service.skill, level=service.level),)
    urgent = service.kind == "repair" and n % 3 == 0
    return Activity(
        id=f"a{n + 1:02}",
        name=service.name,
        duration=timedelta(minutes=service.minutes),
        place=f"customer:{n + 1:02}",
        start_windows=_windows(n),
        priority=service.priority + (3 if urgent else 0),
        respond_by=on(MONDAY + timedelta(days=n % 5), "08:00-15:00").end if urgent else None,
        resolve_by=on(MONDAY + timedelta(days=4), "08:00-16:00").end if n % 4 == 1 else None,
        mandatory=n in (3, 33),
        requirements=(Requirement(id="technician", skills=needs),),
        service_type=service.kind,
        territory=address.territory,
        briefing=_briefing(n, service),
    )


def _windows(n: int) -> tuple[Interval, ...]:
    """A third of the customers name a half day, a third two days, the others leave it to us."""
    day = MONDAY + timedelta(days=n * 3 % 5)
    if n % 3 == 0:
        return (on(day, HALVES[n // 3 % 2]),)
    if n % 3 == 1:
        days = sorted({day, MONDAY + timedelta(days=(n + 2) % 5)})
        return tuple(on(one, "08:00-17:00") for one in days)
    return ()


def _briefing(n: int, service: Service) -> Briefing:
    return Briefing(
        contact=CONTACTS[n % len(CONTACTS)],
        phone=f"+380 44 000 02 {n:02}",
        instructions=service.instructions,
        bring=service.bring,
        links=(f"https://example.com/work/{n + 1:02}",),
    )
