"""Field service scheduling: assign technicians and rooms to service activities.

`solve(problem)` plans, `verify(problem, plan)` judges any plan; the values that go in and come out are below.
Importing this package loads no solver: that happens at the first call.
"""

from typing import TYPE_CHECKING, Any

from scheduler.domain.activity import Activity, Briefing, Meeting, Precedence, Requirement, SkillNeed
from scheduler.domain.errors import FieldplanError, InvalidInput
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.interval import Interval
from scheduler.domain.outcome import Outcome, Progress
from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.plan import Booking, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Absence, Break, LocalSpan, Room, Skill, Technician, WorkingHours
from scheduler.domain.travel import GreatCircle, Matrix, Place, TravelTimes
from scheduler.domain.verdict import Verdict, Violation

if TYPE_CHECKING:
    from scheduler.solver.solve import solve
    from scheduler.solver.verify import verify

__all__ = [
    "Absence", "Activity", "Booking", "Break", "Briefing", "DayRoute", "FieldplanError", "Goal", "GreatCircle",
    "Interval", "InvalidInput", "Level", "LocalSpan", "Lock", "LockKind", "Matrix", "Meeting", "Outcome", "Place",
    "Plan", "Precedence", "Problem", "Progress", "Requirement", "Room", "Skill", "SkillNeed", "Technician", "Term",
    "TravelTimes", "Verdict", "Violation", "Waiver", "WorkingHours", "solve", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "solve":
        from scheduler.solver.solve import solve

        return solve
    if name == "verify":
        from scheduler.solver.verify import verify

        return verify
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
