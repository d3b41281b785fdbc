"""Large plans in parts: a part costs what it costs in the whole, and what comes back from anywhere breaks no rule."""

import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.activity import Precedence
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.construct import construct
from scheduler.solver.kernel import Better, search
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.engine import Engine
from scheduler.solver.kernel.parts import rounds
from scheduler.solver.kernel.parts.cut import cut
from scheduler.solver.kernel.parts.rounds import Means, search_rounds
from scheduler.solver.kernel.parts.task import Task, anneal_part
from scheduler.solver.kernel.parts.territory import territories
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.packing import choose
from scheduler.solver.solution import Solution, to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small


def loaded(problem: Problem) -> Kernel:
    compiled = compile(problem)
    kernel = Kernel(compiled, 1)
    kernel.load(construct(compiled, None, lambda: True))
    return kernel


@pytest.fixture(scope="module")
def field() -> Problem:
    """Rooms, teams, lunches, absences, locks: five days."""
    return FIELD.to_problem(draw(Recipe("full", 240, 5, 1)))


def breaches(kernel: Kernel) -> list[str]:
    verdict = verify(kernel.c.problem, to_plan(kernel.c, kernel.best))
    return [v.text for v in verdict.breaches if v.rule != "mandatory"]


def tasks(kernel: Kernel, size: int, steps: int = 200) -> list[Task]:
    chance = np.random.default_rng(1)
    pieces = territories(kernel.arrays, kernel.kept, size, chance)
    parts = [cut(kernel.arrays, kernel.kept, lanes, outside) for lanes, outside in pieces]
    return [
        Task(p, kernel.scale, kernel.optional[p.activities], kernel.leaving.share, 0.5, 1.0, 0.0, steps, n, best=True)
        for n, p in enumerate(parts)
    ]


def test_territories_share_all_lanes_and_all_that_is_outside(field: Problem) -> None:
    kernel = loaded(field)
    pieces = territories(kernel.arrays, kernel.kept, 50, np.random.default_rng(1))
    assert len(pieces) > 4
    assert sorted(np.concatenate([lanes for lanes, _ in pieces])) == list(range(len(kernel.arrays.lane)))
    placed = kernel.best.placed
    outside = [a for a, slots in enumerate(kernel.c.slots_of) if not any(s in placed for s in slots)]
    assert sorted(np.concatenate([out for _, out in pieces])) == outside


def test_what_only_one_can_do_goes_to_the_territory_of_that_one() -> None:
    """Forty people in two towns, an hour apart; who lives in one is asked for in the other."""
    people = [b.technician(f"t{n:02}", at=f"p{n % 2 * 6}", skills=["any", f"s{n}"]) for n in range(40)]
    daily = [b.activity(f"a{n:02}", minutes=300, place=f"p{n % 2 * 6}", skills=["any"]) for n in range(40)]
    asked = [b.activity(f"z{n}", minutes=400, place="p6", skills=[f"s{n}"]) for n in range(0, 10, 2)]
    kernel = loaded(b.problem(technicians=people, activities=[*daily, *asked]))
    names, resources = kernel.c.activities, kernel.c.resources
    left_out = list[str]()
    for lanes, outside in territories(kernel.arrays, kernel.kept, 10, np.random.default_rng(1)):
        here = {resources[r] for r in kernel.arrays.lane[lanes, at.RESOURCE]}
        left_out += (names[activity] for activity in outside)
        assert {f"t{int(names[activity][1:]):02}" for activity in outside} <= here
    assert len(left_out) == len(asked)


def test_borders_are_opened_again(field: Problem) -> None:
    """No two cuts are the same, and of the pairs that one parts a fifth is together in one of the next eleven."""
    kernel, chance = loaded(field), np.random.default_rng(1)
    lanes, apart = len(kernel.arrays.lane), list[set[tuple[int, int]]]()
    for _ in range(12):
        piece = np.empty(lanes, dtype=np.int64)
        for n, (own, _) in enumerate(territories(kernel.arrays, kernel.kept, 50, chance)):
            piece[own] = n
        apart.append({(a, b) for a in range(lanes) for b in range(a) if piece[a] != piece[b]})
    assert len({frozenset(one) for one in apart}) == len(apart)
    always = set.intersection(*apart)
    assert len(always) < 0.8 * len(apart[0])


def test_a_part_costs_what_it_costs_in_the_whole(field: Problem) -> None:
    kernel = loaded(field)
    for task in tasks(kernel, 50):
        engine = Engine(task.part.arrays, task.part.state.copy(), task.scale, task.optional, task.share)
        assert engine.settle() == -1
        assert engine.kept.cost == pytest.approx(kernel.kept.cost[task.part.lanes])


def test_what_hangs_on_something_elsewhere_stays_out() -> None:
    """Of a, b and c, each before the next, none is in the plan: b and c don't come along without a."""
    links = [Precedence(before=one, after=other) for one, other in ("ab", "bc")]
    asked = [b.activity(name, minutes=600, place="p0") for name in "abc"]
    problem = b.problem(technicians=[b.technician("ann")], activities=[*asked, b.activity("d")], precedences=links)
    kernel = loaded(problem)
    lanes, names = np.arange(len(kernel.arrays.lane)), kernel.c.activities
    for outside, comes in (("abc", "abc"), ("bc", ""), ("ac", "")):
        part = cut(kernel.arrays, kernel.kept, lanes, np.array([names.index(name) for name in outside]))
        assert {names[part.activities[n]] for n in part.outside} == set(comes)


@settings(max_examples=20)
@given(small.SEEDS)
def test_parts_of_anything_break_no_rule(seed: int) -> None:
    kernel = loaded(small.fresh(seed))
    with ThreadPoolExecutor(2) as pool:
        before = rounds.SIZE
        rounds.SIZE = 3
        try:
            search_rounds(kernel, 60, 400, seed, Means(pool, 2, lambda: False), lambda: None)
        finally:
            rounds.SIZE = before
    assert breaches(kernel) == []


class Closed(Exception):
    """What a cluster's client raises is no error of ours."""


class Elsewhere(Executor):
    """Another machine: what goes there and comes back is pickled. It loses tasks and stops taking any."""

    def __init__(self, loses: int = 0, takes: int = 10**6) -> None:
        self.loses, self.takes, self.largest = loses, takes, 0

    def submit(self, function: Callable[..., Any], /, *args: Any, **more: Any) -> "Future[Any]":
        self.takes -= 1
        if self.takes < 0:
            raise Closed("the scheduler died")
        sent = pickle.dumps((function, args, more))
        self.largest, self.loses = max(self.largest, len(sent)), self.loses - 1
        done = Future[Any]()
        if self.loses >= 0:
            done.set_exception(ConnectionError("a worker was lost"))
            return done
        function, args, more = pickle.loads(sent)
        done.set_result(pickle.loads(pickle.dumps(function(*args, **more))))
        return done


@pytest.mark.parametrize(("loses", "takes"), [(0, 10**6), (3, 10**6), (0, 5)])
def test_parts_are_searched_elsewhere(field: Problem, monkeypatch: pytest.MonkeyPatch, loses: int, takes: int) -> None:
    monkeypatch.setattr(rounds, "LARGE", 0)
    monkeypatch.setattr(rounds, "SIZE", 60)
    told, compiled, executor = list[Better](), compile(field), Elsewhere(loses, takes)
    steps = search(compiled, Solution(), lambda: 60, 3000, 2, 1, lambda: False, told.append, choose, executor)
    assert steps > 2000 and told[-1].cost < told[0].cost and executor.largest < 1_000_000
    verdict = verify(field, to_plan(compiled, told[-1].solution))
    assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []


def test_who_asks_to_stop_is_heard_and_time_is_kept(field: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "LARGE", 0)
    monkeypatch.setattr(rounds, "SIZE", 60)
    compiled, told = compile(field), list[Better]()
    assert (
        search(compiled, Solution(), lambda: 60, None, 2, 1, lambda: True, told.append, choose) == 0 and len(told) == 1
    )
    assert search(compiled, Solution(), lambda: 1.5, None, 2, 1, lambda: False, told.append, choose) > 0
    assert [one.cost for one in told[1:]] == sorted((one.cost for one in told[1:]), reverse=True)


def test_steps_repeat_with_any_number_of_threads(field: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "SIZE", 60)

    def run(threads: int) -> tuple[float, Solution]:
        kernel = loaded(field)
        with ThreadPoolExecutor(threads) as pool:
            means = Means(pool, threads, lambda: False)
            search_rounds(kernel, 60, 2000, 1, means, lambda: None)
        return kernel.cost, kernel.best

    assert run(1) == run(2)


def test_a_part_answers_alike_wherever_it_is(field: Problem) -> None:
    task = tasks(loaded(field), 60)[0]
    here, there = anneal_part(task), anneal_part(pickle.loads(pickle.dumps(task)))
    assert here.steps == there.steps == 200 and (here.nodes == there.nodes).all()


def test_all_that_comes_back_is_taken(field: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, adopt = list[bool](), Engine.adopt
    monkeypatch.setattr(rounds, "SIZE", 40)
    monkeypatch.setattr(Engine, "adopt", lambda engine, lanes: taken.append(adopt(engine, lanes)) or taken[-1])
    with ThreadPoolExecutor(1) as pool:
        means = Means(pool, 1, lambda: False)
        search_rounds(loaded(field), 60, 20_000, 1, means, lambda: None)
    assert len(taken) > 50 and all(taken)


def test_processes_find_what_threads_find(field: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "LARGE", 0)
    monkeypatch.setattr(rounds, "SIZE", 60)
    compiled = compile(field)

    def found(executor: Executor | None) -> Better:
        told = list[Better]()
        assert (
            search(compiled, Solution(), lambda: 600, 2000, 2, 1, lambda: False, told.append, choose, executor) > 1900
        )
        return told[-1]

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert found(pool) == found(None)
