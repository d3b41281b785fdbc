"""One rule's judgement of a plan, and the spans of an interval in ticks."""

from scheduler.domain.interval import Interval
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled, Span
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.rules.base import Rule, TermRule
from scheduler.solver.verify import verify
from scheduler.solver.view import View


def judge(rule: Rule, problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """The rule's violations, with their sentences and what is exempted."""
    return verify(problem, plan, (rule,)).violations


def measured(rule: TermRule, problem: Problem, plan: Plan) -> float:
    """The value of a term, in its unit."""
    return rule.measure(View(problem, with_routes(problem, plan)))


def narrowed(rule: Rule, problem: Problem) -> Compiled:
    """The problem compiled by this rule alone."""
    return compile(problem, (rule,))


def ticks(compiled: Compiled, interval: Interval) -> Span:
    return compiled.clock.ceil(interval.start), compiled.clock.floor(interval.end)
