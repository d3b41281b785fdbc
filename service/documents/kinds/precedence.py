"""Precedences."""

from collections.abc import Sequence

from scheduler.domain.activity import Activity, Precedence
from service.documents.kind import Filter, Kind
from service.documents.world import Faults, World, judged
from service.tables.document import ActivityRow, PrecedenceRow


class PrecedenceFilter(Filter):
    before: str | None = None
    after: str | None = None


def faults(world: World, values: Sequence[Precedence]) -> Faults:
    """Circles are looked for among all precedences; the one that is replaced can't close one."""
    others = world.values(PrecedenceRow, Precedence)
    pairs = {(p.before, p.after) for p in values}
    ends = {id for p in values for id in (p.before, p.after)}
    around = {
        "activities": tuple(world.values(ActivityRow, Activity, ActivityRow.id.in_(sorted(ends))).values()),
        "precedences": [p for p in others.values() if (p.before, p.after) not in pairs],
    }
    # The library blames the last precedence of a circle, so those that are new stand last.
    found = judged("precedences", (*around["precedences"], *values), {"activities": around["activities"]})
    first = len(around["precedences"])
    yield from ((n - first, fault) for n, fault in found if n >= first)


PRECEDENCES = Kind(
    "precedence",
    "precedences",
    Precedence,
    PrecedenceRow,
    PrecedenceFilter,
    columns=lambda p: {"before": p.before, "after": p.after},
    faults=faults,
    example={"before": "boiler-12", "after": "boiler-13", "min_lag": "PT1H"},
)
