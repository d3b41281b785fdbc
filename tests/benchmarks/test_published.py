"""Every published solution scores what was published, to the printed precision, and breaks no rule."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.best_known import best_known
from benchmarks.judge import judge
from benchmarks.published import published
from benchmarks.sets import SETS
from benchmarks.sets.base import BenchmarkSet, Score
from benchmarks.sets.hhcrsp import HHCRSP
from benchmarks.sets.rich_vrptw import RICH_VRPTW
from benchmarks.sets.trsp import TRSP
from benchmarks.sets.uhhc import UHHC
from benchmarks.sets.vrptw import VRPTW, VRPTW_DISTANCE

DATA = Path(os.environ.get("BENCHMARK_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")

C101 = """Route #1: 5 3 7 8 10 11 9 6 4 2 1 75
Route #2: 13 17 18 19 15 16 14 12
Route #3: 20 24 25 27 29 30 28 26 23 22 21
Route #4: 32 33 31 35 37 38 39 36 34
Route #5: 43 42 41 40 44 46 45 48 51 50 52 49 47
Route #6: 57 55 54 53 56 58 60 59
Route #7: 67 65 63 62 74 72 61 64 68 66 69
Route #8: 81 78 76 71 70 73 77 79 80
Route #9: 90 87 86 83 82 84 85 88 89 91
Route #10: 98 96 95 94 92 93 97 100 99
"""


def folder(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"BENCHMARK_DATA has no folder {name}")
    return DATA / name


def replay(benchmark: BenchmarkSet[Any, Any], instance_path: Path, text: str) -> Score:
    """Score a published solution, which must be feasible and survive being written and read again."""
    instance = benchmark.read(instance_path)
    solution = benchmark.read_solution(text, instance)
    assert benchmark.read_solution(benchmark.write_solution(solution), instance) == solution
    score = benchmark.score(instance, solution)
    assert not score.violations, f"{instance_path.name}: {score.violations[:3]}"
    return score


EVERY, EVERY_LARGE = 6, 3
"""One of so many published solutions is judged in each run, of large ones in slow ones; all by `bench published`."""


def judge_all(set_name: str, step: int) -> None:
    """Have `verify` judge published solutions: no breach, and the published cost."""
    benchmark = SETS[set_name]
    for one in published(set_name, folder(set_name).parent)[::step]:
        instance = benchmark.read(one.path)
        solution = benchmark.read_solution(one.text, instance)
        plan, problem = benchmark.to_plan(instance, solution), benchmark.to_problem(instance)
        found = judge(benchmark, instance, solution, plan, problem)
        assert found.agrees, (one.path.name, found.verdict.breaches[:3], found.differences)
        back = benchmark.score(instance, benchmark.from_plan(instance, plan))
        assert back.feasible and back.objective == pytest.approx(found.score.objective, abs=0.1), one.path.name


@pytest.mark.parametrize("set_name", ["uhhc", "hhcrsp", "trsp"])
def test_verify_agrees_with_what_is_published(set_name: str) -> None:
    judge_all(set_name, EVERY)


def test_verify_agrees_with_published_rich_routes() -> None:
    judge_all("rich_vrptw", 2 * EVERY)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("set_name", "count", "step"),
    [("uhhc", 49, 1), ("hhcrsp", 71, 1), ("trsp", 56, 1), ("rich_vrptw", 100, EVERY_LARGE)],
)
def test_verify_agrees_with_what_is_published_of_every_set(set_name: str, count: int, step: int) -> None:
    assert len(published(set_name, folder(set_name).parent)) == count
    judge_all(set_name, step)


def printed(value: float, digits: str) -> bool:
    """Whether a value agrees with printed digits within half a unit of the last one."""
    decimals = len(digits.partition(".")[2])
    return abs(value - float(digits)) <= 0.5 * 10.0**-decimals + 1e-6


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("family", "count"), [("bazirha-caie", 38), ("validation_sample", 6)])
def test_uhhc_components(family: str, count: int) -> None:
    data = folder("uhhc")
    files = sorted((data / "best_solutions" / family).glob("sol-*.json"))
    assert len(files) == count
    for file in files:
        name = file.stem.removeprefix("sol-").rpartition("-")[0]
        path, text = data / family / f"{name}.json", file.read_text(encoding="utf-8")
        stated = UHHC.read_solution(text, UHHC.read(path)).stated
        score = replay(UHHC, path, text)
        assert dict(score.components) == stated, name
        assert score.cost == sum(stated.values()), name


def test_uhhc_better_ones_of_cp_sat() -> None:
    data = folder("uhhc")
    better = [row for row in table(data / "BKS.csv") if row["cpsat_best"]]
    assert len(better) == 5
    for row in better:
        text = (data / "best_solutions" / "cp-sat" / f"{row['instance']}.sol.json").read_text(encoding="utf-8")
        score = replay(UHHC, data / row["file"], text)
        assert score.cost == float(row["cpsat_best"]) == best_known(data / row["file"]), row["instance"]


def markdown_rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines()[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def test_hhcrsp() -> None:
    data = folder("hhcrsp")
    rows = list(markdown_rows(data / "mankowska_best.md"))
    assert len(rows) == 70
    for name, travel, largest, total, cost, file in rows:
        text = (data / "best_solutions" / file).read_text(encoding="utf-8")
        score = replay(HHCRSP, data / "mankowska" / name, text)
        assert printed(score.cost, cost), name
        assert printed(score.components["distance_traveled"], travel), name
        assert printed(score.components["max_tardiness"], largest), name
        assert printed(score.components["total_tardiness"], total), name


def test_hhcrsp_toy_optimum() -> None:
    data = folder("hhcrsp")
    score = replay(HHCRSP, data / "toy.json", (data / "sol_toy_optimal.json").read_text(encoding="utf-8"))
    assert score.components == {"distance_traveled": 334, "total_tardiness": 0, "max_tardiness": 0}


def test_trsp() -> None:
    data = folder("trsp")
    rows = table(data / "BKS_static_crew25.csv")
    assert len(rows) == 56
    for row in rows:
        score = replay(TRSP, data / "crew25" / f"{row['instance']}.txt", row["solution"])
        assert score.unscheduled == 0
        assert abs(score.cost - float(row["best_working_time"])) <= 0.5e-4 + 1e-9, row["instance"]
        assert score.components["technicians_used"] == int(row["technicians_used"]), row["instance"]


@pytest.mark.parametrize(("kind", "count"), [("MDVRPTW", 28), ("PCVRPTW", 60), ("SDVRPTW", 12)])
def test_rich_vrptw(kind: str, count: int) -> None:
    files = sorted((folder("rich_vrptw") / kind).glob("*.vrp"))
    assert len(files) == count
    for file in files:
        score = replay(RICH_VRPTW, file, file.with_suffix(".sol").read_text(encoding="utf-8"))
        assert score.cost == best_known(file), file.name


def test_vrptw_conventions_on_c101() -> None:
    path = folder("vrptw") / "solomon" / "C101.txt"
    hierarchical, distance = replay(VRPTW, path, C101), replay(VRPTW_DISTANCE, path, C101)
    for benchmark in (VRPTW, VRPTW_DISTANCE):
        instance = benchmark.read(path)
        plan = benchmark.to_plan(instance, solution := benchmark.read_solution(C101, instance))
        assert judge(benchmark, instance, solution, plan, benchmark.to_problem(instance)).agrees
    assert hierarchical.priority == (10,)
    assert printed(hierarchical.cost, "828.94") and best_known(path, "vrptw") == 828.94
    assert distance.cost == 827.3 == best_known(path, "vrptw-distance")


def test_vrptw_reads_all() -> None:
    data = folder("vrptw")
    counts = [len(VRPTW.read(path).demand) - 1 for path in data.glob("*/*.txt")]
    assert sorted(set(counts)) == [100, 200, 400] and len(counts) == 176
