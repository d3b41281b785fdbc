"""Waivers."""

from collections.abc import Sequence

from scheduler.domain.activity import Activity
from scheduler.domain.errors import Fault
from scheduler.domain.override import Waiver
from scheduler.solver.rules import RULES
from service.access.permission import Permission
from service.documents.kind import Filter, Kind
from service.documents.world import Faults, World, judged
from service.tables.document import ActivityRow, WaiverRow

RULE_IDS = frozenset(rule.id for rule in RULES)


class WaiverFilter(Filter):
    activity: str | None = None
    rule: str | None = None


def faults(world: World, values: Sequence[Waiver]) -> Faults:
    activities = sorted({waiver.activity for waiver in values})
    known = world.values(ActivityRow, Activity, ActivityRow.id.in_(activities))
    yield from judged("waivers", values, {"activities": tuple(known.values())})
    for n, waiver in enumerate(values):
        if waiver.rule not in RULE_IDS:
            yield n, Fault("rule", f"{waiver.rule!r} is not the id of a rule; the rules page lists them")


WAIVERS = Kind(
    "waiver",
    "waivers",
    Waiver,
    WaiverRow,
    WaiverFilter,
    columns=lambda waiver: {"activity": waiver.activity, "rule": waiver.rule},
    faults=faults,
    write=Permission.PLAN_EDIT,
    example={
        "rule": "working-hours",
        "activity": "boiler-12",
        "requirement": "technician",
        "largest_amount": 30,
        "why": "agreed with Olena",
    },
)
