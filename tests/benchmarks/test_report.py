"""The report: means over what was run, ratios over what both ran, tables between a page's markers; speed and scale."""

import json
from dataclasses import asdict, replace
from math import isnan
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.replan import Replan
from benchmarks.report import BEGIN, END
from benchmarks.report.plots import _mean_gap
from benchmarks.report.quality import priority_table, routing_table
from benchmarks.runs import Lacking, Run, read_runs
from benchmarks.scale import Stage, exponents
from benchmarks.subsets import SUBSETS

RUN = Run(
    set="vrptw-distance",
    instance="solomon/C103.txt",
    solver="pyvrp",
    seed=1,
    budget_s=10.0,
    cpu_s=10.0,
    cost=110.0,
    priority=(),
    best_known=100.0,
    gap=0.1,
    bound=None,
    unscheduled=0,
    violations=0,
    optimal=False,
    plan=None,
    release="pyvrp 0.14.1",
)
UNKNOWN = {"instance": "solomon/R103.txt", "best_known": None, "gap": None}


def cells(rows: list[str]) -> dict[tuple[str, str], list[str]]:
    """The cells of each row, by solver and budget."""
    found = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]
    return {(row[0], row[1]): row[2:] for row in found}


def test_routing_compares_what_both_ran() -> None:
    ours = replace(RUN, solver="ours", cost=99.0, gap=-0.01)
    runs = [RUN, replace(RUN, **UNKNOWN, cost=200.0), ours, replace(ours, seed=2, cost=101.0, gap=0.01)]
    rows = cells(list(routing_table(runs)))
    assert rows["pyvrp", "10 s"][:3] == ["2", "10.00 % (1)", "5.56 %"]  # (110 / 99 - 1 + 0) / 2
    assert rows["ours", "10 s"][:5] == ["1 x 2", "0.00 % (1)", "1.01 %", "-9.09 %", "1.41 %"]


def test_a_broken_plan_counts_as_broken_and_nowhere_else() -> None:
    rows = cells(list(routing_table([RUN, replace(RUN, solver="ours", cost=50.0, gap=None, missed=3, unscheduled=3)])))
    assert rows["ours", "10 s"][1:4] == ["", "", ""] and "1 broken" in rows["ours", "10 s"][5]
    assert rows["pyvrp", "10 s"][2] == "10.00 %"


def test_leaving_out_by_choice_breaks_nothing() -> None:
    rows = cells(list(routing_table([replace(RUN, unscheduled=3)])))
    assert rows["pyvrp", "10 s"][1] == "10.00 % (1)" and rows["pyvrp", "10 s"][5] == "3.0"


def test_bars_are_means_of_good_plans_and_missing_where_nothing_ran() -> None:
    best = {"solomon/C103.txt": 100.0}
    good, bad = replace(RUN, cost=103.0), replace(RUN, cost=50.0, violations=1)
    assert _mean_gap([good, bad, replace(good, cost=105.0)], best) == pytest.approx(4.0)
    assert isnan(_mean_gap([bad], best)) and isnan(_mean_gap([], best))


def test_what_a_peer_lacks_and_where_it_ran_is_told(tmp_path: Path) -> None:
    lines = tmp_path / "runs.jsonl"
    lacking = Lacking("vrptw-distance", "solomon/R103.txt", "vroom", "clairvoyance")
    ran = replace(RUN, machine="an abacus, 10 beads", date="2026-11-30")
    lines.write_text("\n".join(one.line for one in (ran, lacking, lacking)), encoding="utf-8")
    done = CliRunner().invoke(app, ["report", str(lines)])
    assert done.output.count("vroom cannot express clairvoyance.") == 1
    assert done.output.count("2026-11-30, an abacus, 10 beads.") == 1
    assert [run.machine for run in read_runs(lines)] == ["an abacus, 10 beads"]


def test_what_is_lost_comes_before_the_cost() -> None:
    lost = [replace(RUN, solver=name, priority=(float(n),), cost=100.0 + n) for n, name in enumerate(("vroom", "ours"))]
    rows = cells(list(priority_table(lost)))
    assert rows["ours", "10 s"][1:5] == ["1.0", "101.0", "10.00 % (1)", "1.00 %"]


def test_a_page_gets_its_tables_and_plots_between_the_markers(tmp_path: Path) -> None:
    page, lines = tmp_path / "page.md", tmp_path / "runs.jsonl"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    stages = [Stage(size, 1, "compile", 1.0, size / 100, 50.0) for size in (100, 1000)]
    given = [asdict(RUN), *map(asdict, stages), {"name": "verify", "activities": 100, "a_second": 7.5, "kind": "speed"}]
    lines.write_text("\n".join([*map(json.dumps, given), '{"set": "vr']), encoding="utf-8")
    for _ in range(2):
        done = CliRunner().invoke(app, ["report", str(lines), "--into", str(page)])
        assert done.exit_code == 0, done.output
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    for part in ("**vrptw-100**: C103", "pyvrp 0.14.1", "compile n^1.00", "| verify | 7.5 |"):
        assert text.count(part) == 1, part
    assert sorted(path.name for path in (tmp_path / "images").iterdir()) == [
        "benchmark-gaps.svg",
        "benchmark-growth.svg",
    ]
    page.write_text("no markers", encoding="utf-8")
    assert CliRunner().invoke(app, ["report", str(lines), "--into", str(page)]).exit_code == 2


def test_growth_is_a_slope_in_logarithms() -> None:
    stages = [Stage(size, 1, "verify", 0.0, 1e-4 * size**1.5, 1.0) for size in (100, 1000, 10000)]
    assert exponents([*stages, Stage(100, 1, "solve 10", 10, 10, 1)]) == {"verify": pytest.approx(1.5)}


@pytest.mark.slow
def test_scale_and_speed_write_lines(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(app, ["scale", "--sizes", "20,40", "--budgets", "1", "--out", str(out)])
    assert done.exit_code == 0, done.output
    stages = [Stage(**json.loads(line)) for line in out.read_text().splitlines()]
    wanted = ["problem", "compile", "tables", "construct", "plan", "first plan", "warm start", "verify", "solve 1"]
    assert [(s.activities, s.stage) for s in stages] == [(size, name) for size in (20, 40) for name in wanted]
    assert all(s.memory_mb > 10 for s in stages) and stages[-1].lost is not None
    done = CliRunner().invoke(app, ["speed", "--sizes", "20", "--only", "verify"])
    assert done.exit_code == 0 and "verify" in done.output
    assert CliRunner().invoke(app, ["speed", "--only", "nothing"]).exit_code == 2


@pytest.mark.slow
def test_a_plan_anew_keeps_what_is_paid_for(tmp_path: Path) -> None:
    out, page = tmp_path / "out.jsonl", tmp_path / "page.md"
    given = ["replan", "--sizes", "100", "--prices", "0,60", "--budget", "1", "--seeds", "2", "--out", str(out)]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 0, done.output
    found = [Replan(**json.loads(line)) for line in out.read_text().splitlines()]
    assert [(one.seed, one.price) for one in found] == [(1, 0), (1, 60), (2, 0), (2, 60)]
    assert all(one.open > one.reassigned + one.shifted + one.removed for one in found)
    assert all(0 < one.lost <= one.first_lost for one in found)
    free, kept = (sum(one.reassigned + one.shifted for one in found if one.price == price) for price in (0, 60))
    assert kept < free
    page.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["report", str(out), "--into", str(page)]).exit_code == 0
    assert "| 100 | 1 s | 60 min | 2 |" in page.read_text()


def test_subsets_of_a_size_have_all_six_families() -> None:
    for name in ("vrptw-100", "vrptw-200", "vrptw-400", "pcvrptw"):
        stems = SUBSETS[name].stems
        assert len(stems) == len(set(stems)) >= 12, name
        prefixes = {stem.upper()[: 3 if stem.upper().startswith("RC") else 2] for stem in stems}
        assert prefixes == {"C1", "C2", "R1", "R2", "RC1", "RC2"}, name
