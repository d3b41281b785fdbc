"""Goals by name. `default` counts where a plan names no other."""

from scheduler.domain.goal import Goal
from service.documents.kind import Kind
from service.tables.document import GoalRow

GOALS = Kind(
    "goal",
    "goals",
    Goal,
    GoalRow,
    example={"levels": [{"weights": {"unscheduled": 1}}, {"weights": {"tardiness": 2, "travel-time": 1}}]},
)
