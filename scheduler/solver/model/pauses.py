"""Where breaks and blocked spans lie among the stops of a day route.

Both are *pauses*: stops lie wholly before or after them, and a drive that spans one lasts that much longer. `passed`
says how many ticks of a pause lie before a stop begins (or ends).
"""

from dataclasses import dataclass, field
from datetime import timedelta

from scheduler.solver.compiled import Pause, Span
from scheduler.solver.model.base import Expr
from scheduler.solver.model.exemption import ExemptingModel

DEPARTURE, ARRIVAL = -1, -2
"""Stand for the ends of a route where stops are named by slot."""
RESTOCK = -3


@dataclass
class Stop:
    """Something at one place from `start` to `end`: a slot, the restocking stop, or an end of the route."""

    name: int
    here: Expr
    """Whether the stop is on the route."""
    start: Expr
    end: Expr
    kept: Expr = 0
    """Whether it stands where it is held, or where a waiver lets it be: at `stands`."""
    stands: Span = (0, 0)

    def stands_over(self, other: "Stop") -> bool:
        return self.stands[0] < other.stands[1] and other.stands[0] < self.stands[1]

    @property
    def held(self) -> bool:
        return isinstance(self.kept, int) and self.kept == 1


@dataclass
class Blocked:
    """A fixed span without work or travel. What of it lies in the day counts as rest."""

    start: int
    end: int
    day: Span
    after: dict[int, Expr] = field(default_factory=dict)

    @property
    def begin(self) -> int:
        return max(self.start, self.day[0])

    @property
    def length(self) -> int:
        return min(self.end, self.day[1]) - self.begin


@dataclass
class FloatingBreak:
    """A break of the day: whether it is taken, when, and which stops come after it."""

    rule: Pause
    taken: Expr
    start: Expr
    after: dict[int, Expr] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return self.rule.duration


class PauseModel(ExemptingModel):
    """Builds the pauses of a lane."""

    def blocked_spans(self, lane: int, stops: list[Stop]) -> list[Blocked]:
        first, latest = int(self.c.first[lane]), int(self.c.latest[lane])
        spans = [Blocked(a, b, (first, latest)) for a, b in self.c.blocked[lane] if a < latest and b > first]
        for span in spans:
            for stop in stops:
                if not stop.held:
                    span.after[stop.name] = self._beside_blocked(span, stop, lane)
        return spans

    def _beside_blocked(self, span: Blocked, stop: Stop, lane: int) -> Expr:
        after = self.boolean(f"after {span.start} {stop.name} {lane}")
        free = [stop.here, self.negated(stop.kept)]
        self.demand(after == 0, [stop.kept])
        begin, end = span.start, span.end
        if stop.name in (DEPARTURE, ARRIVAL):
            begin, end = span.begin, span.begin + span.length
        self.demand(stop.start >= end, [after, *free])
        self.demand(stop.end <= begin, [self.negated(after), *free])
        return after

    def breaks(self, lane: int, used: Expr, stops: list[Stop], blocked: list[Blocked]) -> list[FloatingBreak]:
        pauses = [self._break(lane, n, pause, used, stops) for n, pause in enumerate(self.c.pauses[lane])]
        intervals = [
            self.cp.new_optional_fixed_size_interval_var(p.start, p.length, p.taken, f"break {lane}") for p in pauses
        ]
        spans = [self.cp.new_fixed_size_interval_var(b.start, b.end - b.start, f"blocked {lane}") for b in blocked]
        if pauses and len(pauses) + len(spans) > 1:
            self.cp.add_no_overlap([*intervals, *spans])
        return pauses

    def _break(self, lane: int, n: int, pause: Pause, used: Expr, stops: list[Stop]) -> FloatingBreak:
        taken = self.boolean(f"taken {lane} {n}")
        start = self.integer(pause.earliest, pause.latest_end - pause.duration, f"break {lane} {n}")
        found = FloatingBreak(pause, taken, start)
        self.demand(used == 1, [taken])
        for stop in stops:
            found.after[stop.name] = self._beside_break(found, stop, f"{lane} {n} {stop.name}")
        if pause.before_work:
            self._precede_work(found, f"{lane} {n}", stops)
        if pause.price is None:
            self._must_take(found, lane, used, stops)
        return found

    def _beside_break(self, pause: FloatingBreak, stop: Stop, name: str) -> Expr:
        after = self.boolean(f"after {name}")
        self.demand(pause.taken == 1, [after])
        self.demand(stop.start >= pause.start + pause.length, [after, stop.here])
        self.demand(stop.end <= pause.start, [self.negated(after), pause.taken, stop.here])
        return after

    def _precede_work(self, pause: FloatingBreak, name: str, stops: list[Stop]) -> None:
        """A break that needs work to follow is over before some booking: a restocking stop is none."""
        slots = [stop for stop in stops if stop.name >= 0]
        works = [self.all_of([stop.here, pause.after[stop.name]], f"works {name} {stop.name}") for stop in slots]
        self.demand(self.any_of(works, f"works {name}") == 1, [pause.taken])

    def _must_take(self, pause: FloatingBreak, lane: int, used: Expr, stops: list[Stop]) -> None:
        """A hard break is taken, unless only exempt bookings lie in its window, or in the day where none lies there."""
        slots = [stop for stop in stops if stop.name >= 0]
        if not self.c.waived.get("breaks") and not any(stop.held for stop in slots):
            self.demand(pause.taken == 1, [used])
            return
        amount = max(self.c.clock.length(pause.length) / timedelta(minutes=1), 1.0)
        here = {stop.name: stop.here for stop in slots}
        within = {stop.name: self._in_window(pause.rule, stop, lane) for stop in slots}
        anyone = self.any_of(within.values(), f"in break {lane}")
        for parties, which in ((within, anyone), (here, self.negated(anyone))):
            exempt = self.exempt("breaks", parties, amount=amount)
            self.demand(pause.taken == 1, [used, which, self.negated(exempt)])

    def _in_window(self, rule: Pause, stop: Stop, lane: int) -> Expr:
        """Whether some of a stop lies in the window of a break."""
        if stop.held:
            return stop.here if stop.stands[0] < rule.latest_end and rule.earliest < stop.stands[1] else 0
        within, later = self.boolean(f"within {lane} {stop.name}"), self.boolean(f"later {lane} {stop.name}")
        self.demand(stop.here == 1, [within])
        outside = [stop.here, self.negated(within)]
        self.demand(stop.start >= rule.latest_end, [*outside, later])
        self.demand(stop.end <= rule.earliest, [*outside, self.negated(later)])
        return within


def passed(pause: Blocked | FloatingBreak, stop: Stop, *, at_start: bool) -> Expr:
    """Ticks of the pause that lie before the stop begins, or before it ends."""
    if isinstance(pause, FloatingBreak):
        return pause.length * pause.after[stop.name]
    moment = stop.stands[0 if at_start else 1]
    standing = min(max(moment - pause.begin, 0), pause.length)
    return pause.length * pause.after.get(stop.name, 0) + standing * stop.kept
