"""The rules, in the order in which breaches are reported. This list is the table of contents of what a plan obeys."""

from scheduler.solver.rules.absence import Absence
from scheduler.solver.rules.base import Rule, TermRule
from scheduler.solver.rules.breaks import Breaks
from scheduler.solver.rules.capacity import Capacity
from scheduler.solver.rules.daily_limits import DailyLimits
from scheduler.solver.rules.deadline import Deadline
from scheduler.solver.rules.earliest_day import EarliestDay
from scheduler.solver.rules.eligibility import Eligibility
from scheduler.solver.rules.finish_window import FinishWindow
from scheduler.solver.rules.freeze import Freeze
from scheduler.solver.rules.horizon import Horizon
from scheduler.solver.rules.idle import Idle
from scheduler.solver.rules.labour_cost import LabourCost
from scheduler.solver.rules.largest_idle import LargestIdle
from scheduler.solver.rules.largest_tardiness import LargestTardiness
from scheduler.solver.rules.locks import Locks
from scheduler.solver.rules.mandatory import Mandatory
from scheduler.solver.rules.missed_breaks import MissedBreaks
from scheduler.solver.rules.no_overlap import NoOverlap
from scheduler.solver.rules.over_qualification import OverQualification
from scheduler.solver.rules.overtime import Overtime
from scheduler.solver.rules.precedence import Precedence
from scheduler.solver.rules.preferred_resource import PreferredResource
from scheduler.solver.rules.preferred_window import PreferredWindow
from scheduler.solver.rules.reassigned import Reassigned
from scheduler.solver.rules.release import Release
from scheduler.solver.rules.resource_choice import ResourceChoice
from scheduler.solver.rules.resources_used import ResourcesUsed
from scheduler.solver.rules.room_capacity import RoomCapacity
from scheduler.solver.rules.room_features import RoomFeatures
from scheduler.solver.rules.room_opening import RoomOpening
from scheduler.solver.rules.same_site import SameSite
from scheduler.solver.rules.service_time import ServiceTime
from scheduler.solver.rules.service_window import ServiceWindow
from scheduler.solver.rules.shifted import Shifted
from scheduler.solver.rules.skill_match import SkillMatch
from scheduler.solver.rules.start_window import StartWindow
from scheduler.solver.rules.tardiness import Tardiness
from scheduler.solver.rules.team import Team
from scheduler.solver.rules.territory import Territory
from scheduler.solver.rules.tools_and_parts import ToolsAndParts
from scheduler.solver.rules.travel_cost import TravelCost
from scheduler.solver.rules.travel_distance import TravelDistance
from scheduler.solver.rules.travel_time import TravelTime
from scheduler.solver.rules.travel_total import TravelTotal
from scheduler.solver.rules.unscheduled import Unscheduled
from scheduler.solver.rules.waiting import Waiting
from scheduler.solver.rules.working_hours import WorkingHours
from scheduler.solver.rules.working_time import WorkingTime
from scheduler.solver.rules.workload_balance import WorkloadBalance

RULES: tuple[Rule, ...] = (
    Mandatory(),
    Freeze(),
    Locks(),
    Eligibility(),
    Team(),
    ServiceTime(),
    ResourceChoice(),
    SkillMatch(),
    Territory(),
    RoomFeatures(),
    SameSite(),
    Horizon(),
    WorkingHours(),
    Absence(),
    Breaks(),
    NoOverlap(),
    TravelTime(),
    Release(),
    StartWindow(),
    FinishWindow(),
    ServiceWindow(),
    Deadline(),
    Capacity(),
    ToolsAndParts(),
    DailyLimits(),
    RoomOpening(),
    RoomCapacity(),
    Precedence(),
    Unscheduled(),
    Tardiness(),
    LargestTardiness(),
    Overtime(),
    TravelTotal(),
    TravelDistance(),
    TravelCost(),
    WorkingTime(),
    LabourCost(),
    ResourcesUsed(),
    Waiting(),
    Idle(),
    LargestIdle(),
    MissedBreaks(),
    PreferredResource(),
    PreferredWindow(),
    OverQualification(),
    WorkloadBalance(),
    EarliestDay(),
    Reassigned(),
    Shifted(),
)

__all__ = ["RULES", "Rule", "TermRule"]
