"""The columns of the workbook: what they mean, in the words of the help sheet."""

from typing import NamedTuple


class Column(NamedTuple):
    name: str
    help: str
    example: str = ""


DAYS = tuple(
    Column(day, f"hours on {day.title()}, in place of the column `working hours`", "08:00-17:00")
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
)

PLACE = (
    Column("address", "for people; travel is computed from the coordinates", "vul. Khreshchatyk 22, Kyiv"),
    Column("latitude", "degrees", "50.4480"),
    Column("longitude", "degrees", "30.5220"),
)

SETTINGS = (
    Column("name", "name of the plan"),
    Column("time zone", "IANA name; all times in the workbook are local times of this zone", "Europe/Kyiv"),
    Column("first day", "first day that is planned; the earliest date among the activities when empty", "2026-03-23"),
    Column("last day", "last day that is planned", "2026-03-27"),
    Column("speed km/h", "average speed along the great circle, 50 when empty", "40"),
    Column("detour", "how much longer roads are than the great circle, 1.3 when empty", "1.3"),
)

TECHNICIANS = (
    Column("id", "short and unique; required", "t1"),
    Column("name", "", "Olena Koval"),
    Column("email", "", "olena@example.com"),
    Column("skills", "name:level, separated by semicolons", "gas:2; electric:1"),
    Column(
        "working hours",
        "weekdays and times, separated by semicolons; or one column a weekday, mon to sun",
        "Mon-Fri 08:00-17:00; Sat 09:00-13:00",
    ),
    *DAYS,
    Column("breaks", "when it may be taken, and its minutes", "12:00-14:00 45"),
    Column("absences", "days, or a day with times", "2026-03-24; 2026-03-26 13:00-17:00"),
    *PLACE,
    Column("cost per hour", "of working time"),
    Column("cost per km", ""),
    Column("cost per day", "for each day with at least one booking"),
    Column("overtime", "most minutes after the end of the day", "60"),
    Column("max activities per day", ""),
    Column("territories", "where the technician works; everywhere when empty", "north; centre"),
    Column("tools", "what is always carried", "ladder; gas detector"),
    Column("parts", "name:count, carried at the start of each day", "filter:4"),
)

ROOMS = (
    Column("id", "short and unique; required", "r1"),
    Column("name", "", "Training room"),
    Column("opening", "like the technicians' working hours; or one column a weekday", "Mon-Fri 08:00-18:00"),
    *DAYS,
    Column("absences", "when the room is taken by others", "2026-03-24 09:00-12:00"),
    *PLACE,
    Column("seats", "", "12"),
    Column("capacity", "how many activities fit in at once", "1"),
    Column("features", "separated by semicolons", "projector; test bench"),
    Column("turnaround", "minutes between two activities", "15"),
)

ACTIVITIES = (
    Column("id", "short and unique; required", "a1"),
    Column("name", "", "Boiler check"),
    Column("duration", "minutes, or 1:30; required", "90"),
    Column("setup", "minutes right before"),
    Column("teardown", "minutes right after"),
    *PLACE,
    Column(
        "windows", "the start must lie in one of them: days, or a day with times", "2026-03-23 08:00-12:00; 2026-03-24"
    ),
    Column("preferred windows", "starting in one of them is better"),
    Column("release", "earliest start", "2026-03-23 10:00"),
    Column("deadline", "latest end", "2026-03-27 17:00"),
    Column("respond by", "promised start; later is possible and costs", "2026-03-24 12:00"),
    Column("resolve by", "promised end; later is possible and costs"),
    Column("priority", "1 to 1000; what leaving it out costs", "3"),
    Column("mandatory", "yes: left out last of all", "yes"),
    Column("technicians", "how many, all at the same time; 1 when empty, 0 for a room alone", "2"),
    Column("skills", "that each of them needs, name:level", "gas:2"),
    Column("technicians allowed", "only these, by id", "t1; t2"),
    Column("technicians preferred", "these if possible, by id"),
    Column("technicians excluded", "never these, by id"),
    Column("room", "yes: needs a room; it happens there if there are no coordinates", "yes"),
    Column("rooms allowed", "only these, by id", "r1"),
    Column("room features", "that the room must have", "projector"),
    Column("seats", "that the room must have", "8"),
    Column("tools", "that a technician must carry"),
    Column("parts", "name:count, that are used up", "filter:1"),
    Column("territory", "where it is"),
    Column("service type", "colours the Gantt chart", "inspection"),
    Column("after", "ids of activities that must have ended before", "a7"),
    Column("contact", "", "Ms Bondar"),
    Column("phone", ""),
    Column("instructions", "what to do"),
    Column("bring", "separated by semicolons"),
    Column("links", "separated by semicolons"),
    Column("locked technician", "must be this one, by id", "t1"),
    Column("locked start", "must start then", "2026-03-24 09:00"),
    Column("lock reason", ""),
)

SHEETS = {"settings": SETTINGS, "technicians": TECHNICIANS, "rooms": ROOMS, "activities": ACTIVITIES}
REQUIRED = ("technicians", "activities")
