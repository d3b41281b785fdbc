"""Skills are what technicians and activities name: there is no list of them beside that."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from scheduler.domain.activity import ActivityStatus
from service.tables import ActivityRow, TechnicianRow
from service.work import Work

OPEN = (ActivityStatus.UNSCHEDULED.value, ActivityStatus.SCHEDULED.value)


def uses(work: Work) -> Iterator[dict[str, Any]]:
    """By skill: how many technicians have which level, and how many open activities ask for which."""
    of_technicians = select(TechnicianRow.value["skills"]).where(TechnicianRow.tenant == work.tenant)
    roles = (ActivityRow.value["requirements"], ActivityRow.value["alternatives"])
    of_activities = select(*roles).where(ActivityRow.tenant == work.tenant, ActivityRow.status.in_(OPEN))
    held = _counted(_held(skills) for skills in work.session.scalars(of_technicians))
    asked = _counted(_asked(*parts) for parts in work.session.execute(of_activities))
    for skill in sorted(held.keys() | asked.keys()):
        yield {"skill": skill, "technicians": held.get(skill, {}), "activities": asked.get(skill, {})}


def _held(skills: list[dict[str, Any]]) -> set[tuple[str, int]]:
    return {(one["skill"], one["level"]) for one in skills}


def _asked(requirements: list[dict[str, Any]], alternatives: list[list[dict[str, Any]]]) -> set[tuple[str, int]]:
    every = [role for roles in (requirements, *alternatives) for role in roles]
    return {(need["skill"], need["level"]) for role in every for need in role["skills"]}


def _counted(found: Iterator[set[tuple[str, int]]]) -> dict[str, dict[int, int]]:
    counts = Counter(pair for pairs in found for pair in pairs)
    by_skill: dict[str, dict[int, int]] = {}
    for (skill, level), count in sorted(counts.items()):
        by_skill.setdefault(skill, {})[level] = count
    return by_skill
