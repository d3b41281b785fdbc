"""The compiled search against the judge: no breach, and the cost that it counts is the cost that `verify` measures."""

import pytest
from hypothesis import given, settings

from scheduler.domain.goal import Term
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled
from scheduler.solver.construct import construct
from scheduler.solver.kernel import Better, search
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.kernel.weights import Weights
from scheduler.solver.packing import choose
from scheduler.solver.rules import RULES
from scheduler.solver.rules.base import Rule
from scheduler.solver.solution import Solution, from_plan, to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small
from tests.solver.test_solve import busy


def begun(problem: Problem, seed: int = 0) -> Kernel:
    compiled = compile(problem)
    kernel = Kernel(compiled, seed)
    kernel.load(construct(compiled, None, lambda: True))
    return kernel


def of_what_is_left_out(kernel: Kernel, compiled: Compiled) -> float:
    placed, joined = kernel.best.placed, kernel.arrays.activity[:, at.HELD]
    outside = (n for n, slots in enumerate(compiled.slots_of) if sum(s in placed for s in slots) == joined[n])
    return float(sum(kernel.arrays.price[n] for n in outside))


@settings(deadline=None)
@given(small.SEEDS)
def test_the_search_breaks_no_rule_and_counts_as_the_judge_does(seed: int) -> None:
    problem = small.fresh(seed)
    kernel = begun(problem, seed)
    kernel.anneal(0.2, 100)
    kernel.anneal(0.9, 100)
    assert_judged(kernel)


def assert_judged(kernel: Kernel) -> None:
    """The best plan breaks no rule, and costs what the judge measures."""
    compiled, problem = kernel.c, kernel.c.problem
    verdict = verify(problem, to_plan(compiled, kernel.best))
    assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []
    factors = Weights(compiled).factors
    counted = {
        t: weight * factors[n] * verdict.score.terms.get(t, 0.0)
        for t, n, weight in problem.goal
        if t is not Term.UNSCHEDULED
    }
    assert kernel.cost - of_what_is_left_out(kernel, compiled) == pytest.approx(sum(counted.values()), abs=1e-3)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rules_hold_in_the_compiled_search(rule: Rule) -> None:
    """From an example's good plan the search comes to no breach of any rule."""
    for example in rule.examples():
        compiled, better = compile(example.problem), list[Better]()
        start = from_plan(compiled, example.good) if example.good.routes or not example.good.bookings else Solution()
        search(compiled, start, lambda: 60, 200, 1, 0, lambda: False, better.append, choose)
        verdict = verify(example.problem, to_plan(compiled, better[-1].solution))
        assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []


@pytest.mark.parametrize("named", ["mandatory", "locked"])
def test_what_is_mandatory_outweighs_any_number_of_others(named: str) -> None:
    """It takes the whole day, in which eight others would find room, whatever these are worth."""
    asked = [b.activity(f"a{n}", minutes=60, priority=100) for n in range(8)]
    asked.append(b.activity("must", minutes=480, mandatory=named == "mandatory"))
    problem = b.problem(technicians=[b.technician("ann")], activities=asked)
    if named == "locked":
        problem = problem.with_lock(
            Lock(kind=LockKind.RESOURCE, activity="must", requirement="technician", resource="ann")
        )
    kernel = begun(problem)
    for along in (0.0, 0.5, 1.0):
        kernel.anneal(along, 200)
    assert {kernel.c.slots.keys[slot].activity for slot in kernel.best.placed} == {"must"}


def test_steps_repeat() -> None:
    def run() -> tuple[float, Solution]:
        kernel = begun(busy(), 3)
        kernel.anneal(0.3, 500)
        return kernel.cost, kernel.best

    assert run() == run()


def test_threads_report_better_plans_in_order_and_stop() -> None:
    told: list[Better] = []
    compiled = compile(busy())
    steps = search(compiled, Solution(), lambda: 0.5, None, 2, 1, lambda: False, told.append, choose)
    assert steps > 0 and told
    assert [one.cost for one in told] == sorted((one.cost for one in told), reverse=True)
    assert search(compiled, Solution(), lambda: 60, None, 1, 1, lambda: True, told.append, choose) == 0


def test_a_break_that_follows_a_drive_may_be_taken_at_home_before_it() -> None:
    """Nobody can drive for ten minutes first and rest from eight to twenty past."""
    ann = b.technician("ann", breaks=[b.pause(20, "08:00", "08:20", after_drive=True)])
    kernel = begun(b.problem(technicians=[ann], activities=[b.activity("a", minutes=10, place="p1")]))
    assert len(kernel.best.placed) == 1
    assert_judged(kernel)
