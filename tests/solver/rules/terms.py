"""A term's value of a plan, with nothing else in the way."""

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.rules.base import TermRule
from scheduler.solver.view import View


def value(rule: TermRule, problem: Problem, plan: Plan) -> float:
    return rule.measure(View(problem, with_routes(problem, plan)))
