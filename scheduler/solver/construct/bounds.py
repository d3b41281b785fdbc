"""What the activities that have their place leave to one that has not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from scheduler.solver.compiled import Compiled, Link, SharedWindows, Spans, meet
from scheduler.solver.solution import Placed

FAR = 2**40
"""Later than any tick."""


@dataclass(frozen=True)
class Bounds:
    """When an activity may be, and the links that its people have to keep."""

    starts: Spans
    latest_end: int | None
    links: tuple[Link, ...]
    window: SharedWindows | None = None
    """The one window that all of its slots use."""

    def admit(self, placed: Placed) -> bool:
        """Whether precedences let somebody be there."""
        in_time = self.latest_end is None or placed.start + placed.duration <= self.latest_end
        return in_time and any(a <= placed.start <= b for a, b in self.starts)

    def starts_for(self, length: int, spans: Spans) -> Spans:
        """Starts from which the end, too, is admitted."""
        within = spans
        if self.latest_end is not None:
            within = meet(within, ((0, self.latest_end - length),))
        if self.window is not None:
            (first, last), shared = self.window.spans[0], self.window
            within = meet(within, ((first - length * shared.opens_at_end, last - length * shared.closes_at_end),))
        return within


class Surroundings:
    """Precedences and shared windows around the activities that are placed."""

    def __init__(self, compiled: Compiled, placed: dict[int, Placed]) -> None:
        self.c, self._placed = compiled, placed
        self.links: dict[int, list[Link]] = {}
        """Precedences by activity."""
        for link in compiled.links:
            self.links.setdefault(link.before, []).append(link)
            self.links.setdefault(link.after, []).append(link)

    def bounds(self, activity: int) -> Iterator[Bounds]:
        """What precedences leave, once for each window that all slots may share; nothing where one can't be kept."""
        bounds = Bounds(((0, self.c.clock.floor(self.c.problem.horizon.end)),), None, ())
        for link in self.links.get(activity, ()):
            other = link.before if link.after == activity else link.after
            there = [self._placed[s] for s in self.c.slots_of[other] if s in self._placed]
            if there:
                bounds = self._linked(bounds, link, activity, there)
            elif link.after == activity:
                return
        there = [self._placed[s] for s in self.c.slots_of[activity] if s in self._placed]
        shared = self.c.shared_windows.get(activity)
        if not all(bounds.admit(p) for p in there):
            return  # who would join somebody held shares the breach
        if shared is None:
            yield bounds
            return
        each = [replace(shared, spans=(span,)) for span in shared.spans]
        used = [w for w in each if any(w.admit(p.start, p.start + p.duration) for p in there)]
        yield from (replace(bounds, window=w) for w in (used if len(used) == 1 else each if not used else ()))

    def _linked(self, bounds: Bounds, link: Link, activity: int, there: list[Placed]) -> Bounds:
        """The bounds narrowed by a precedence whose other activity has its place."""
        first = min(p.start for p in there)
        low, high, latest_end = -FAR, FAR, bounds.latest_end
        if link.after == activity:
            since = max(p.start + p.duration for p in there) if link.from_finish else first
            low, high = since + link.least, FAR if link.most is None else since + link.most
        else:
            low = low if link.most is None else first - link.most
            if link.from_finish:
                latest_end = min(first - link.least, FAR if latest_end is None else latest_end)
            else:
                high = first - link.least
        starts = meet(bounds.starts, ((low, high),))
        if link.same_day:
            starts = meet(starts, (self._day(first),))
        return Bounds(starts, latest_end, (*bounds.links, link))

    def _day(self, tick: int) -> tuple[int, int]:
        n = int(np.searchsorted(self.c.midnights, tick, side="right"))
        return self.c.midnights[n - 1], self.c.midnights[n] - 1
