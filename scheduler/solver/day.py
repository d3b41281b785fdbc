"""A technician's day as it is seen by the rules: spans, stops, drives, breaks that are due, and how long each lasts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise

from scheduler.domain.interval import Interval, Intervals, intersect, subtract, total, union
from scheduler.domain.plan import Booking, BookingKey, DayRoute
from scheduler.domain.resource import Break, Technician

ZERO = timedelta(0)


@dataclass(frozen=True)
class Stop:
    """Where a technician is from `start` to `end`: at a booking with its setup and teardown, or at the depot."""

    place: str | None
    start: datetime
    end: datetime
    booking: Booking | None


@dataclass(frozen=True)
class Drive:
    """From one stop to the next, or from or to an end of the day; `leave` to `reach` is the time there is for it."""

    start_place: str | None
    end_place: str | None
    leave: datetime
    reach: datetime
    before: Booking | None
    after: Booking | None
    duration: timedelta | None
    """None: there is no way."""
    kilometres: float


@dataclass(frozen=True)
class OwedBreak:
    """A break that is due on a day, with its window as moments (see `Break.on`), all of it inside the day."""

    rule: Break
    window: Interval


@dataclass(frozen=True)
class Day:
    """A technician's day: working spans, and the route when there is one."""

    technician: Technician
    date: date
    spans: Intervals
    """Working hours of the day, absences not taken out. Empty on a day off that has bookings all the same."""
    absent: Intervals
    route: DayRoute | None
    stops: tuple[Stop, ...]
    drives: tuple[Drive, ...]
    owed: tuple[OwedBreak, ...]

    @property
    def start(self) -> datetime | None:
        return self.spans[0].start if self.spans else None

    @property
    def end(self) -> datetime | None:
        return self.spans[-1].end if self.spans else None

    @cached_property
    def bookings(self) -> tuple[Booking, ...]:
        return tuple(s.booking for s in self.stops if s.booking is not None)

    @property
    def keys(self) -> tuple[BookingKey, ...]:
        return tuple(b.key for b in self.bookings)

    @cached_property
    def blocked(self) -> Intervals:
        """Inside the day: gaps between the spans, and absences, these up to the end of overtime."""
        if not self.spans:
            return ()
        last = self.spans[-1]
        overtime = Interval(start=last.start, end=last.end + self.technician.overtime_limit)
        whole = Interval(start=self.spans[0].start, end=overtime.end)
        return subtract((whole,), subtract((*self.spans, overtime), self.absent))

    @cached_property
    def stretches(self) -> tuple[Interval, ...]:
        """Gaps between the spans, then absences, each by itself: what takes no time fits between two that touch."""
        gaps = (Interval(start=a.end, end=b.start) for a, b in pairwise(self.spans))
        return (*gaps, *union(self.absent))

    @property
    def travel(self) -> timedelta:
        return sum((d.duration for d in self.drives if d.duration), ZERO)

    @property
    def kilometres(self) -> float:
        return sum(d.kilometres for d in self.drives)

    @property
    def service(self) -> timedelta:
        """With setup and teardown; restocking left out."""
        return sum((s.end - s.start for s in self.stops if s.booking), ZERO)

    def paused(self, start: datetime, end: datetime, *, unpaid_only: bool = False) -> timedelta:
        """Breaks taken and blocked time between two moments; what is both counts once, and as blocked."""
        if self.route is None or start >= end:
            return ZERO
        paid = {b.id for b in self.technician.breaks if b.paid} if unpaid_only else set()
        taken = (b for b in self.route.breaks if b.id not in paid and b.start < b.end)
        rests = [Interval(start=b.start, end=b.end) for b in taken if b.start < end and start < b.end]
        rests += [i for i in self.blocked if i.overlaps(start, end)]
        return total(intersect(rests, (Interval(start=start, end=end),))) if rests else ZERO

    @property
    def last_work(self) -> datetime | None:
        """When the last booking of the day begins, with its setup."""
        return max((s.start for s in self.stops if s.booking), default=None)

    def takes(self, rule: Break) -> bool:
        """Whether the break is taken, and before work where it must be."""
        taken, last = (self.route.breaks if self.route else ()), self.last_work
        in_time = (b for b in taken if not rule.before_work or (last is not None and b.end <= last))
        return any(b.id == rule.id for b in in_time)

    @property
    def waiting(self) -> timedelta:
        """Time on the route that is neither travel nor service nor break nor restocking.

        Negative where a route is too tight, which is a breach of other rules.
        """
        if self.route is None:
            return ZERO
        at_stops = sum((s.end - s.start for s in self.stops), ZERO)
        gone = self.route.arrival - self.route.departure
        return gone - self.travel - at_stops - self.paused(self.route.departure, self.route.arrival)

    @property
    def idle(self) -> timedelta:
        """Waiting, and what is left of the day before leaving and after coming back; nothing on a day off."""
        if self.start is None or self.end is None:
            return ZERO
        if self.route is None:
            return total(subtract(self.spans, self.absent))
        departure, arrival = self.route.departure, self.route.arrival
        before = max(ZERO, departure - self.start) - self.paused(self.start, departure)
        after = max(ZERO, self.end - arrival) - self.paused(arrival, self.end)
        return self.waiting + before + after

    @property
    def working_time(self) -> timedelta:
        if self.route is None:
            return ZERO
        departure, arrival = self.route.departure, self.route.arrival
        return arrival - departure - self.paused(departure, arrival, unpaid_only=True)
