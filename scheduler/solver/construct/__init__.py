"""A first plan at once: activities one after another, each where it costs least among the places that are near.

What is placed stays put, so a new booking goes into a gap. Breaks are given their place beforehand. The rules come
in through the compiled arrays alone; every plan is verified later.
"""

from scheduler.solver.compiled import Compiled
from scheduler.solver.construct.construction import Construction
from scheduler.solver.solution import Solution


def construct(compiled: Compiled, start: Solution | None = None) -> Solution:
    """A solution that keeps the compiled rules. Bookings of `start` go first, to where they stood."""
    build = Construction(compiled)
    build.place_held()
    if start is not None:
        build.place_standing(start)
    for activity in build.order():
        build.insert(activity)
    return build.solution()
