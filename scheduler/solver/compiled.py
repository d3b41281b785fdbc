"""The problem as integer arrays: the closed vocabulary that both engines read.

A *slot* is a booking that may come to be: (activity, requirement, ordinal). A *lane* is where a slot can be put:
a technician's working day, or a room. Rules narrow what is admitted; they never widen it.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scheduler.domain.goal import Term
from scheduler.domain.plan import BookingKey
from scheduler.domain.problem import Problem
from scheduler.domain.resource import ONE_DAY
from scheduler.solver.clock import Clock
from scheduler.solver.travel import Ints, Travel

Bools = NDArray[np.bool_]
Span = tuple[int, int]
"""First and last tick, both admitted."""
Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Slots:
    """Slots in the order of activities, requirement sets, requirements and ordinals. Arrays of shape (slots,)."""

    keys: list[BookingKey]
    activity: Ints
    requirement_set: Ints
    """Index of the set of requirements it belongs to, within its activity."""
    is_room: Bools
    setup: Ints
    teardown: Ints
    effort: Ints
    place: Ints
    """Place index; NOWHERE: the place of the activity's room."""

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True)
class Lanes:
    """Technicians' working days, then rooms. Arrays of shape (lanes,)."""

    resource: Ints
    """Index into the technicians followed by the rooms."""
    day: list[date | None]
    is_room: Bools
    profile: Ints
    start_place: Ints
    end_place: Ints
    fixed_departure: Bools
    place: Ints
    """A room's place."""

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True)
class Pause:
    """A break that a day owes: `duration` ticks somewhere in [earliest, latest_end]."""

    id: str
    earliest: int
    latest_end: int
    duration: int
    paid: bool
    price: Fraction | None
    """None: hard."""
    after_drive: bool
    """Lies at the next stop, after the drive to it; otherwise anywhere between two stops, splitting the drive."""
    before_work: bool = False
    """Counts only where a booking follows; after the last one it is as good as not taken."""


@dataclass(frozen=True)
class Tie:
    """Two slots of one activity, where both are used: start[other] - start[slot] in [least, most]."""

    slot: int
    other: int
    least: int
    most: int | None
    parties: tuple[int, ...]
    """Slots that breach it together where they are used."""


@dataclass(frozen=True)
class Link:
    """A precedence between two activities, in ticks."""

    before: int
    after: int
    from_finish: bool
    least: int
    most: int | None
    technicians: str
    same_day: bool


@dataclass(frozen=True)
class SharedWindows:
    """Windows of which all slots of an activity use the same: each slot's start or end lies at or after the first tick
    of it, and each slot's start or end at or before the last one."""

    rule: str
    spans: Spans
    opens_at_end: bool = False
    closes_at_end: bool = False

    def admit(self, start: int, end: int) -> bool:
        """Whether a stay from start to end lies in one of them."""
        opening, closing = (end if self.opens_at_end else start), (end if self.closes_at_end else start)
        return any(a <= opening and closing <= b for a, b in self.spans)


@dataclass(frozen=True)
class Late:
    """Lateness of a slot: max(0, x - close) for the last window that opens at or before y; each its start or end."""

    slot: int
    windows: Spans
    opens_at_end: bool = False
    closes_at_end: bool = False

    def ticks(self, start: int, end: int) -> int:
        """How late a stay from start to end is; nothing before the first window opens."""
        opened = [w for w in self.windows if w[0] <= (end if self.opens_at_end else start)]
        return max(0, (end if self.closes_at_end else start) - max(opened)[1]) if opened else 0


@dataclass(frozen=True)
class Hold:
    """Where a slot stands. `must`: it stays there. Otherwise it may stay there, though a waived rule forbids it."""

    lane: int
    start: int
    duration: int
    must: bool


@dataclass(frozen=True)
class Price:
    """What one integer step of a term costs: an integer amount on a level of the goal."""

    level: int
    per_step: int


@dataclass
class Compiled:
    """All that the engines know of a problem. Ticks count from the horizon's start, distances in `travel.step` mm.

    Attributes
    ----------
    activities
        Ids, in the order of the slots; those of cancelled activities are left out.
    durations
        Shape (slots, resources): service time.
    suits
        Shape (slots, resources): what rules about the resource alone admit.
    barred
        (slot, lane): what rules about resource and day forbid on top.
    starts, ends
        By slot, the ticks at which service may start and end.
    shared_windows
        By activity, the windows of which all its slots must use the same.
    first, last, latest
        Shape (lanes,): earliest departure, regular end, latest return.
    blocked
        By lane: disjoint spans without work or travel (for rooms: closed).
    pauses
        By lane: the breaks that the day owes.
    sequenced, travels
        Whether bookings of a technician exclude each other, and whether travel lies between them.
    load, capacity
        Shape (slots, dimensions) and (lanes, dimensions), in thousandths.
    tools, tools_carried, parts, parts_carried, depot, restock
        Needs by slot, supplies by lane; place of the depot by lane (NOWHERE: none) and ticks of the stop.
    most_bookings, most_time
        Shape (lanes,): daily limits; -1 where there is none.
    room_capacity, turnaround
        Shape (lanes,), for rooms; a capacity of -1 is no limit.
    resource_held, start_held
        By slot, the resource or the start that a lock holds: rules about that alone don't bind it.
    holds, waived
        Slots that stand as a whole, and by rule the sets of slots whose breach stands and is waived, with its amount.
    urgent
        Shape (activities,): mandatory, or held by a lock.
    """

    problem: Problem
    clock: Clock
    travel: Travel
    activities: list[str]
    resources: list[str]
    slots: Slots
    lanes: Lanes
    durations: Ints
    suits: Bools
    starts: list[Spans]
    ends: list[Spans]
    first: Ints
    last: Ints
    latest: Ints
    barred: set[tuple[int, int]] = field(default_factory=set)
    shared_windows: dict[int, SharedWindows] = field(default_factory=dict)
    blocked: list[Spans] = field(default_factory=list)
    pauses: list[tuple[Pause, ...]] = field(default_factory=list)
    sequenced: bool = False
    travels: bool = False
    load: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    capacity: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    tools: Bools = field(default_factory=lambda: np.zeros((0, 0), dtype=np.bool_))
    tools_carried: Bools = field(default_factory=lambda: np.zeros((0, 0), dtype=np.bool_))
    parts: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    parts_carried: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    depot: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    restock: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    most_bookings: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    most_time: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    room_capacity: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    turnaround: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    ties: list[Tie] = field(default_factory=list)
    apart: list[tuple[int, ...]] = field(default_factory=list)
    """Slots of one activity that need different people."""
    complete: bool = False
    """Whether a scheduled activity needs every slot of exactly one of its requirement sets."""
    together: list[tuple[int, ...]] = field(default_factory=list)
    """Slots of one activity whose resources must be of one site."""
    sites: list[str | None] = field(default_factory=list)
    """Site by resource."""
    links: list[Link] = field(default_factory=list)
    midnights: list[int] = field(default_factory=list)
    """Ticks at which the calendar days of the problem's time zone begin; the last one ends the last day."""
    lates: list[Late] = field(default_factory=list)
    resource_held: dict[int, int] = field(default_factory=dict)
    start_held: dict[int, int] = field(default_factory=dict)
    holds: dict[int, Hold] = field(default_factory=dict)
    waived: dict[str, dict[frozenset[int], float]] = field(default_factory=dict)
    urgent: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    prices: dict[Term, Price] = field(default_factory=dict)
    limits: dict[Term, float] = field(default_factory=dict)
    multipliers: dict[Term, float] = field(default_factory=dict)
    """What the compiled search, which knows prices only, pays for a unit of a limited term on top."""
    level_scale: list[Fraction] = field(default_factory=list)
    """By level of the goal: integer cost per unit of cost."""
    true_prices: bool = True
    """Whether integer prices weigh as the goal does; else no bound on them counts."""
    slots_of: list[list[int]] = field(default_factory=list)
    """Slots by activity."""
    lanes_of: list[list[int]] = field(default_factory=list)
    """Lanes by resource."""

    @property
    def horizon(self) -> int:
        """The horizon's last tick."""
        return self.clock.floor(self.problem.horizon.end)

    def lane_on(self, resource: int, day: date | None) -> int | None:
        """The lane of a resource on a day; a room has one lane for all days."""
        return next((v for v in self.lanes_of[resource] if self.lanes.day[v] in (None, day)), None)

    def lane_at(self, resource: int, tick: int) -> int:
        """The lane of a resource that a moment belongs to: the shift it falls into, otherwise its calendar day.

        Read from what is given, not from what rules have narrowed so far.
        """
        moment = self.clock.moment(tick)
        days: list[date | None] = [None]
        if resource < len(self.problem.technicians):
            technician = self.problem.technicians[resource]
            today = technician.working_hours.day_of(moment)
            shifts = ((day, technician.working_hours.on(day)) for day in (today, today - ONE_DAY))
            inside = (d for d, s in shifts if s and s[0].start <= moment < s[-1].end + technician.overtime_limit)
            days = [*inside, today]
        found = (self.lane_on(resource, day) for day in days)
        lane = next((lane for lane in found if lane is not None), None)
        assert lane is not None, f"days with bookings have lanes, but {moment} of {self.resources[resource]} has none"
        return lane

    def cut(self, spans: list[Spans], slot: int, admitted: Spans) -> None:
        """Narrow `starts` or `ends` of a slot to what is also in `admitted`."""
        spans[slot] = meet(spans[slot], admitted)

    def admitted(self, slot: int, lane: int) -> bool:
        """Whether the rules about who, and who on which day, let the slot into the lane."""
        return bool(self.suits[slot, self.lanes.resource[lane]]) and (slot, lane) not in self.barred

    def is_held(self, slot: int) -> bool:
        hold = self.holds.get(slot)
        return hold is not None and hold.must


def meet(left: Spans, right: Spans) -> Spans:
    """Ticks in both; spans hold their last tick."""
    if len(left) == len(right) == 1:
        (a, b), (c, d) = left[0], right[0]
        both = (a if a > c else c, b if b < d else d)
        return (both,) if both[0] <= both[1] else ()
    pairs = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return tuple(sorted((a, b) for a, b in pairs if a <= b))


def join(left: Spans, right: Spans) -> Spans:
    """Ticks in either, for spans that mark what is blocked: [start, end). Where two touch, a moment is left between."""
    merged: list[Span] = []
    for a, b in sorted((*left, *right)):
        if merged and a < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return tuple(merged)
