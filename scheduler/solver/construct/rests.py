"""Time of a day that is neither work nor travel, and what it does to drives."""

from scheduler.solver.compiled import Span, Spans
from scheduler.solver.construct.stops import NEVER


class Rests:
    """Blocked spans of a day, and the breaks that have their place."""

    def __init__(self, blocked: Spans) -> None:
        self.spans: list[Span] = sorted(blocked)
        self._whole: set[Span] = set()
        """Breaks that no drive may be split by."""

    def take(self, start: int, end: int, *, after_drive: bool) -> None:
        """Give a break its place."""
        self.spans = sorted((*self.spans, (start, end)))
        if after_drive:
            self._whole.add((start, end))

    def later(self, tick: int, ticks: int, *, from_home: bool = False) -> int:
        """When a drive of `ticks` that sets out at `tick` is over; it rests in what is blocked."""
        for a, b in self.spans:
            if b <= tick:
                continue
            if a >= tick + ticks:
                break
            if (a, b) in self._whole:
                if not from_home:
                    return NEVER
            else:
                ticks -= max(0, a - tick)
            tick = b
        return tick + ticks

    def earlier(self, tick: int, ticks: int, *, from_home: bool = False) -> int:
        """When a drive of `ticks` that is to be over at `tick` sets out."""
        for a, b in reversed(self.spans):
            if a >= tick:
                continue
            if b <= tick - ticks:
                break
            if (a, b) not in self._whole:
                ticks -= max(0, tick - b)
            tick = a
        return tick - ticks

    def clear(self, spans: Spans, setup: int, around: int) -> Spans:
        """Starts from which the stop does not touch what is blocked."""
        for a, b in self.spans:
            spans = without(spans, a - around + setup, b + setup)
        return tuple(sorted(set(spans)))

    def first_free(self, begin: int, length: int, taken: Spans = ()) -> int:
        """The first tick from `begin` on with `length` ticks that nothing takes."""
        for a, b in sorted((*self.spans, *taken)):
            if a < begin + length and b > begin:
                begin = b
        return begin


def without(spans: Spans, last_before: int, first_after: int) -> Spans:
    """The spans without the ticks between two, both of which stay."""
    pieces = (p for lo, hi in spans for p in ((lo, min(hi, last_before)), (max(lo, first_after), hi)))
    return tuple(p for p in pieces if p[0] <= p[1])
