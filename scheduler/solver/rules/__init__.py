"""The rules, in the order in which breaches are reported. This list is the table of contents of what a plan obeys."""

from scheduler.solver.rules.base import Rule, TermRule
from scheduler.solver.rules.eligibility import Eligibility
from scheduler.solver.rules.no_overlap import NoOverlap
from scheduler.solver.rules.service_time import ServiceTime
from scheduler.solver.rules.skill_match import SkillMatch
from scheduler.solver.rules.start_window import StartWindow
from scheduler.solver.rules.tardiness import Tardiness
from scheduler.solver.rules.team import Team
from scheduler.solver.rules.travel_time import TravelTime
from scheduler.solver.rules.working_hours import WorkingHours

RULES: tuple[Rule, ...] = (
    Eligibility(),
    Team(),
    ServiceTime(),
    SkillMatch(),
    WorkingHours(),
    NoOverlap(),
    TravelTime(),
    StartWindow(),
    Tardiness(),
)

__all__ = ["RULES", "Rule", "TermRule"]
