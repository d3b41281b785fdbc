"""Pooled routes: what is bound to others stays out, and a better plan that is there is found and kept exactly."""

import numpy as np
import pytest
from hypothesis import given, settings

from scheduler.solver.compile import compile
from scheduler.solver.kernel import Better, search
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.pooled import Pool, Route, bound_slots, loose_lanes, routes_of
from scheduler.solver.kernel.recombine import Recombiner
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.packing import choose
from scheduler.solver.solution import Solution
from tests import builders as b
from tests.solver import small
from tests.solver.kernel.test_kernel import assert_judged, begun
from tests.solver.test_solve import busy


def pool_of(kernel: Kernel) -> Pool:
    pool, state = Pool(), kernel.best_state
    loose = loose_lanes(kernel.arrays, state, bound_slots(kernel.arrays))
    pool.add(routes_of(kernel.arrays, state, np.flatnonzero(loose).tolist()))
    return pool


def test_a_better_plan_in_the_pool_is_taken_over() -> None:
    good, poor = begun(busy(), 0), begun(busy(), 1)
    good.anneal(0.2, 2000)
    good.anneal(0.9, 2000)
    assert good.cost < poor.cost
    Recombiner(poor, pool_of(good), choose, None).recombine()
    assert poor.cost == pytest.approx(good.cost)
    assert poor.best.activities(poor.c) == good.best.activities(good.c)
    poor.anneal(0.9, 100)
    assert poor.cost <= good.cost + 1e-9


@settings(deadline=None)
@given(small.SEEDS)
def test_plans_put_together_break_no_rule_and_cost_what_they_say(seed: int) -> None:
    problem = small.fresh(seed)
    pool, kernel = Pool(), begun(problem, 0)
    for other in (begun(problem, n) for n in range(3)):
        for along in (0.1, 0.5) if other.can_move else ():
            other.anneal(along, 30)
            Recombiner(other, pool, choose, None).look(0.5)
    before = kernel.cost
    Recombiner(kernel, pool, choose, None).recombine()
    assert kernel.cost <= before + 1e-9
    assert_judged(kernel)


def test_what_hangs_on_others_is_bound() -> None:
    two = b.activity("two", requirements=(b.requirement("r", count=2),))
    after = b.activity("after")
    problem = b.problem(
        technicians=[b.technician("ann"), b.technician("bob")],
        activities=[two, b.activity("alone"), b.activity("before"), after],
        precedences=[{"before": "before", "after": "after", "technicians": "same"}],
    )
    kernel = begun(problem, 0)
    bound = bound_slots(kernel.arrays)
    names = [kernel.c.activities[a] for a in kernel.arrays.node[: len(bound), at.ACTIVITY][~bound]]
    assert names == ["alone"]


def test_the_pool_keeps_the_youngest_and_the_best_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solver.kernel.pooled.MOST", 2)
    (one,) = routes_of_one()
    pool = Pool()
    pool.add([one, one._replace(cost=one.cost + 1), one._replace(kind=7)])
    assert pool.all()[one.key].cost == one.cost and len(pool.all()) == 2
    pool.add([one, one._replace(kind=8)])
    assert pool.all().keys() == {one.key, one._replace(kind=8).key}


def routes_of_one() -> list[Route]:
    kernel = begun(b.problem(technicians=[b.technician("ann")], activities=[b.activity("a")]), 0)
    return list(routes_of(kernel.arrays, kernel.best_state, range(len(kernel.arrays.lane))))


def test_counted_steps_repeat_with_a_pool() -> None:
    def run() -> list[float]:
        told: list[Better] = []
        search(compile(busy()), Solution(), lambda: 60, 4000, 1, 3, lambda: False, told.append, choose)
        return [one.cost for one in told]

    assert run() == run()
