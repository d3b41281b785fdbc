"""A table of plans anew: what they keep, by size and by what keeping is worth."""

from collections import defaultdict
from collections.abc import Iterator
from statistics import mean

from benchmarks.replan import Replan

COUNTED = "open", "reassigned", "shifted", "removed"


def replan_table(found: list[Replan]) -> Iterator[str]:
    """Yield a row of means for each size, budget and price."""
    heads = (
        "activities", "budget", "a booking kept", "runs", "still to be done", "by others", "at other times",
        "by nobody", "priority lost", "travel", "first plan", "which loses",
    )  # fmt: skip
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    groups = defaultdict[tuple[int, float, float], list[Replan]](list)
    for one in found:
        groups[one.activities, one.budget_s, one.price].append(one)
    for (activities, budget, price), own in sorted(groups.items()):
        counts = (f"{mean(getattr(one, name) for one in own):.1f}" for name in COUNTED)
        costs = f"{mean(one.lost for one in own):.1f}", f"{mean(one.travel for one in own):.0f} min"
        first = f"{mean(one.first_s for one in own):.2f} s", f"{mean(one.first_lost for one in own):.1f}"
        cells = (f"{activities:,}", f"{budget:g} s", f"{price:g} min", len(own), *counts, *costs, *first)
        yield f"| {' | '.join(map(str, cells))} |"
