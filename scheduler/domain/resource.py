"""Who and what can be booked: technicians and rooms, and when."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, JsonValue, WithJsonSchema

from scheduler.domain.base import Amount, Duration, FrozenDict, Id, Mapped, Names, Price, Value
from scheduler.domain.interval import Interval, Intervals, intersect, subtract, union

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"time zone {name!r} is unknown; use an IANA name such as Europe/Kyiv")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


def _on_the_wall(clock: time) -> time:
    if clock.tzinfo is not None:
        raise ValueError("is a time on the clock on the wall; leave its offset out")
    return clock


LocalTime = Annotated[
    time,
    AfterValidator(_on_the_wall),
    # JSON Schema's own format `time` asks for an offset.
    WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$", "examples": ["08:30"]}),
]


@lru_cache(maxsize=16_384)
def at_local(day: date, clock: time, zone: str) -> datetime:
    """The moment when the wall clock of `zone` shows `clock` on `day`, in UTC.

    A time that a clock change skips means the moment of the change; of a time that comes twice, the first. So
    later times never mean earlier moments.
    """
    wall = datetime.combine(day, clock, tzinfo=ZoneInfo(zone))
    moment = wall.astimezone(UTC)
    if moment.astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    return _clock_change(wall.replace(fold=1).astimezone(UTC), moment, ZoneInfo(zone))


def _clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second of the new offset, between a moment before the change and one not before it."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


class LocalSpan(Value):
    """From `start` to `end` on the wall clock; an end not after the start is on the next day."""

    start: LocalTime
    end: LocalTime

    def on(self, day: date, zone: str) -> Interval | None:
        """The span's true moments on `day`; None where a clock change swallows it whole."""
        last_day = day if self.end > self.start else day + ONE_DAY
        start, end = at_local(day, self.start, zone), at_local(last_day, self.end, zone)
        return Interval(start=start, end=end) if start < end else None


class WorkingHours(Value):
    """When a resource can be booked.

    Attributes
    ----------
    weekly
        Spans by weekday, 0 is Monday, as local times of `time_zone`: a shift over a clock change has its true length.
    exceptions
        Spans that replace the weekly ones on a date; an empty tuple is a day off.
    shifts
        Further spans given as moments; each belongs to the local day of its start.
    """

    time_zone: TimeZone = "UTC"
    weekly: Mapped[Annotated[int, Field(ge=0, le=6)], tuple[LocalSpan, ...]] = FrozenDict()
    exceptions: Mapped[date, tuple[LocalSpan, ...]] = FrozenDict()
    shifts: tuple[Interval, ...] = ()

    def on(self, day: date) -> Intervals:
        """The spans that begin on that local day, whole, even where they run into the next one."""
        spans = self.exceptions.get(day, self.weekly.get(day.weekday(), ()))
        found = [piece for span in spans if (piece := span.on(day, self.time_zone))]
        found += [shift for shift in self.shifts if self.day_of(shift.start) == day]
        return union(found)

    def day_of(self, moment: datetime) -> date:
        """The local calendar day of a moment."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def days(self, within: Interval) -> dict[date, Intervals]:
        """The spans of each day that has some inside `within`, cut to it."""
        first, last = self.day_of(within.start) - ONE_DAY, self.day_of(within.end)
        running = (self.day_of(s.start) for s in self.shifts if s.overlaps(within.start, within.end))
        every = sorted({*running, *(first + ONE_DAY * n for n in range((last - first).days + 1))})
        return {day: spans for day in every if (spans := intersect(self.on(day), (within,)))}


class Absence(Value):
    """The resource can't be booked: time off, or for a room a foreign booking."""

    interval: Interval
    reason: str = ""


class Break(Value):
    """A pause on every working day that holds its window: `duration` taken whole, somewhere in the window.

    Attributes
    ----------
    window
        Local times of the technician; the break begins and ends inside. As long as `duration`: a fixed break.
    paid
        Paid breaks count as working time.
    price
        What missing it costs, times the goal's weight for missed breaks; without a price the break is hard.
    after_drive
        Taken at the next stop, after the drive to it. Otherwise anywhere between two stops, splitting the drive.
    before_work
        Counts only where a booking follows on that day: taken after the last one it is missed.
    """

    id: Id = "break"
    window: LocalSpan
    duration: Duration
    paid: bool = False
    price: Price | None = None
    after_drive: bool = False
    before_work: bool = False

    def on(self, day: date, hours: WorkingHours) -> Interval | None:
        """The window's moments on a working day: of that date, or for a night shift of the next one.

        None where the day, from its first span's start to its last one's end, holds neither, or where a clock change
        leaves less of the window than the break's duration.
        """
        spans = hours.on(day)
        found = (self.window.on(night, hours.time_zone) for night in (day, day + ONE_DAY))
        fitting = (w for w in found if w and spans and spans[0].start <= w.start and w.end <= spans[-1].end)
        return next((window for window in fitting if window.length >= self.duration), None)


class Skill(Value):
    """What a technician can do and how well; no longer on days after `expires`."""

    skill: Id
    level: int = Field(default=1, ge=1, le=100)
    expires: date | None = None


class Technician(Value):
    """A person who does service activities.

    Attributes
    ----------
    start_place, end_place
        Where a day begins and ends; an open end (None) needs no travel.
    departure
        `shift-start`: leaves when the shift starts, so that the first wait counts. `just-in-time`: may leave later.
    travel_profile, travel_speed
        Which travel times count, and a factor on the speed (2 halves the times).
    cost_per_hour, cost_per_km, cost_per_day
        Per hour of working time, per kilometre, per day with at least one booking.
    overtime_limit, overtime_price
        How long after the end of the day's last span the day may last; weight of a minute of it.
    max_activities_per_day, max_time_per_day
        Most bookings on a day; most time from departure to return, unpaid breaks left out.
    territories
        Where the technician works; everywhere when empty.
    capacity, tools, parts
        What can be carried (per dimension), and what is carried at the start of each day.
    depot, restock_duration
        Where at most one stop a day gives all tools and parts; None: no such stop.
    """

    id: Id
    name: str = ""
    email: str | None = None
    skills: tuple[Skill, ...] = ()
    working_hours: WorkingHours
    absences: tuple[Absence, ...] = ()
    breaks: tuple[Break, ...] = ()
    start_place: Id | None = None
    end_place: Id | None = None
    departure: Literal["just-in-time", "shift-start"] = "just-in-time"
    travel_profile: str = "default"
    travel_speed: float = Field(default=1.0, gt=0, le=100)
    cost_per_hour: Price = 0.0
    cost_per_km: Price = 0.0
    cost_per_day: Price = 0.0
    overtime_limit: Duration = timedelta(0)
    overtime_price: Price = 1.0
    max_activities_per_day: int | None = Field(default=None, ge=0)
    max_time_per_day: Duration | None = None
    territories: Names = frozenset()
    site: str | None = None
    capacity: Mapped[str, Amount] = FrozenDict()
    tools: Names = frozenset()
    parts: Mapped[str, Annotated[int, Field(ge=0)]] = FrozenDict()
    depot: Id | None = None
    restock_duration: Duration = timedelta(0)
    custom: Mapped[str, JsonValue] = FrozenDict()

    def level(self, skill: str, day: date) -> int:
        """The level in a skill on a day; 0 without it or after it expired."""
        held = (s.level for s in self.skills if s.skill == skill and (s.expires is None or day <= s.expires))
        return max(held, default=0)


class Room(Value):
    """A room, bookable by several activities at once up to its capacity.

    `capacity` is compared with the sum of the efforts of the activities in it at any moment; `turnaround` is
    needed after each activity before its share can be used again; `seats` bounds what one activity may ask for.
    """

    id: Id
    name: str = ""
    place: Id | None = None
    site: str | None = None
    seats: int = Field(default=0, ge=0)
    capacity: int = Field(default=1, ge=1)
    features: Names = frozenset()
    opening: WorkingHours
    absences: tuple[Absence, ...] = ()
    turnaround: Duration = timedelta(0)
    mailbox: str | None = None
    custom: Mapped[str, JsonValue] = FrozenDict()

    def open(self, within: Interval) -> Intervals:
        """When the room is open and free of foreign bookings."""
        spans = [span for day in self.opening.days(within).values() for span in day]
        return subtract(spans, (a.interval for a in self.absences))


Resource = Technician | Room
