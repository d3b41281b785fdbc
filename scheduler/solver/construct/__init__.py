"""A first plan at once: activities one after another, each where it costs least among the places that are near.

What is placed stays put, so a new booking goes into a gap. Breaks are given their place beforehand. The rules come
in through the compiled arrays alone; every plan is verified later.
"""

from collections.abc import Callable

from scheduler.solver.compiled import Compiled
from scheduler.solver.construct.construction import Construction
from scheduler.solver.solution import Solution
from scheduler.solver.uncollected import uncollected


@uncollected()
def construct(compiled: Compiled, start: Solution | None = None, stop: Callable[[], bool] = lambda: False) -> Solution:
    """A solution that keeps the compiled rules. Bookings of `start` go first, to where they stood.

    What is still outside when `stop` returns true stays outside.
    """
    build = Construction(compiled)
    build.place_held()
    if start is not None:
        build.place_waived(start)
    build.place_breaks(start)
    if start is not None:
        build.place_standing(start)
    for activity in () if stop() else build.order():
        if stop():
            break
        build.insert(activity)
    return build.solution()
