"""From a problem and the rules to integer arrays."""

from collections.abc import Sequence

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.problem import Problem
from scheduler.solver.compile.exempt import settle_locks, settle_waivers
from scheduler.solver.compile.prices import settle_prices
from scheduler.solver.compile.structure import structure
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import RULES
from scheduler.solver.rules.base import Rule
from scheduler.solver.uncollected import uncollected

__all__ = ["compile"]


@uncollected()
def compile(problem: Problem, rules: Sequence[Rule] = RULES) -> Compiled:
    """The problem as arrays, narrowed by every rule in any order, with what is held put above the rules.

    Raises InvalidInput for a waiver of a rule that does not exist.
    """
    _known_rules(problem, rules)
    compiled = structure(problem)
    for rule in rules:
        rule.narrow(problem, compiled)
    settle_locks(compiled)
    settle_waivers(compiled, rules)
    settle_prices(compiled, rules)
    return compiled


def _known_rules(problem: Problem, rules: Sequence[Rule]) -> None:
    known = {rule.id for rule in RULES} | {rule.id for rule in rules}
    faults = tuple(
        Fault(f"waivers[{n}].rule", f"{w.rule!r} is not a rule; use one of {', '.join(sorted(known))}")
        for n, w in enumerate(problem.waivers)
        if w.rule not in known
    )
    if faults:
        raise InvalidInput(faults)
