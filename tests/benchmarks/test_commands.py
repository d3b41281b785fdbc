"""The commands: runs are judged, written down and resumed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks import runs
from benchmarks import sample as sample_module
from benchmarks.__main__ import app
from benchmarks.runs import Answer, Case, Run, mean_gap, perform, read_runs
from benchmarks.sample import sampled
from benchmarks.sets.uhhc import UHHC
from benchmarks.sets.vrptw import VRPTW
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from tests.benchmarks.tiny import SOLOMON, STOPS, care, care_text

LOOSE = SOLOMON.replace("10          1", "50          1").replace("10          0", "50          0")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one instance of two sets, and a best known value."""
    for name, text in (("uhhc/tiny.json", care()), ("vrptw/tiny.txt", LOOSE)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "vrptw" / "best.csv").write_text("instance,hier_vehicles,hier_distance\ntiny,1,5\n", encoding="utf-8")
    return tmp_path


def by_hand(problem: Problem, seconds: float, seed: int) -> Answer:
    """One vehicle for everybody."""
    instance = VRPTW.parse(LOOSE, "tiny")
    plan = VRPTW.to_plan(instance, VRPTW.read_solution("Route #1: 1 2\n", instance))
    return Answer(plan, bound=(1.0, 4.5))


def nobody(problem: Problem, seconds: float, seed: int) -> Answer:
    return Answer(Plan())


def test_a_run_is_judged_and_written(data: Path) -> None:
    case = Case(VRPTW, data, data / "vrptw" / "tiny.txt", "hand", 1, 2.0)
    run = perform(case, by_hand, data / "plans")
    assert (run.instance, run.priority, run.violations, run.bound) == ("vrptw/tiny.txt", (1,), 0, 4.5)
    assert run.gap == pytest.approx(run.cost / 5 - 1) and run.cost == pytest.approx(4 * 2**0.5)
    assert run.plan is not None and Plan.model_validate_json(Path(run.plan).read_text()).bookings
    instance = VRPTW.parse(LOOSE, "tiny")
    [published] = (data / "plans").glob("*.sol")
    assert VRPTW.read_solution(published.read_text(), instance).routes == {1: (1, 2)}
    assert "0.13" in mean_gap([run]) or "13." in mean_gap([run])


def test_a_plan_without_anybody_has_no_gap_and_only_leaves_out(data: Path) -> None:
    run = perform(Case(VRPTW, data, data / "vrptw" / "tiny.txt", "nobody", 1, 2.0), nobody, None)
    assert (run.gap, run.bound, run.plan, run.unscheduled, run.missed) == (None, None, None, 2, 2)
    assert run.violations == 0


def test_quality_resumes_where_the_file_ends(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, solved = data / "runs.jsonl", []

    def counted(problem: Problem, seconds: float, seed: int) -> Answer:
        solved.append(seed)
        return by_hand(problem, seconds, seed)

    monkeypatch.setattr("benchmarks.quality.ours", lambda workers: counted)
    arguments = ["quality", "--set", "vrptw", "--data", str(data), "--budget", "2", "--out", str(out)]
    for seeds in ("1", "2"):
        result = CliRunner().invoke(app, [*arguments, "--seeds", seeds])
        assert result.exit_code == 0, result.output
    assert solved == [1, 2]
    assert [run.seed for run in read_runs(out)] == [1, 2]
    with out.open("a", encoding="utf-8") as file:
        file.write('{"name": "step", "kind": "speed"}\n{"set": "vrp')  # another measurement; cut off
    assert len(list(read_runs(out))) == 2
    assert CliRunner().invoke(app, [*arguments, "--seeds", "3"]).exit_code == 0
    assert [run.seed for run in read_runs(out)] == [1, 2, 3]
    assert set(json.loads(out.read_text().splitlines()[0])) == set(Run.__dataclass_fields__)


def test_score_and_published_report_both_judges(data: Path) -> None:
    for name, stops in (("good", STOPS), ("bad", {"c1": STOPS["c1"]})):
        (data / f"{name}.json").write_text(care_text(stops), encoding="utf-8")
    good, bad = (
        CliRunner().invoke(app, ["score", str(data / "uhhc" / "tiny.json"), str(data / f"{name}.json"), "--verify"])
        for name in ("good", "bad")
    )
    assert good.exit_code == 0 and "breach" not in good.output
    assert bad.exit_code == 1 and "violation: p2 needs b once" in bad.output and "breach: p2" in bad.output
    empty = CliRunner().invoke(app, ["published", "--data", str(data)])
    assert empty.exit_code == 0 and "uhhc: 0 published" in empty.output


def test_cpu_seconds_grow() -> None:
    before = runs.cpu_seconds()
    sum(n * n for n in range(200_000))
    assert runs.cpu_seconds() > before


@pytest.mark.slow
def test_uhhc_is_solved_end_to_end(data: Path) -> None:
    from benchmarks.runs import ours

    run = perform(Case(UHHC, data, data / "uhhc" / "tiny.json", "ours", 1, 5.0), ours(1), None)
    assert run.violations == 0 and run.cost <= 3000


def test_a_sample_has_every_size_and_exits_with_what_it_finds(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        (data / "vrptw" / f"copy{n}.txt").write_text(LOOSE, encoding="utf-8")
    smaller = "\n".join(LOOSE.rstrip().splitlines()[:-1])
    (data / "vrptw" / "small.txt").write_text(smaller, encoding="utf-8")
    assert [path.stem for path in sampled(VRPTW, data, 4)] == ["small", "copy1", "copy3", "tiny"]
    monkeypatch.setattr(sample_module, "ours", lambda workers: nobody)
    done = CliRunner().invoke(app, ["sample", "--data", str(data), "--set", "vrptw", "--least", "2"])
    assert done.exit_code == 0 and "vrptw: 2 instances, 0 violations, 3 unscheduled" in done.stdout
    monkeypatch.setattr(sample_module, "ours", lambda workers: late)
    assert CliRunner().invoke(app, ["sample", "--data", str(data), "--set", "uhhc"]).exit_code == 1


def late(problem: Problem, seconds: float, seed: int) -> Answer:
    """The first visit by somebody who has no time to get there."""
    instance = UHHC.parse(care(), "tiny")
    stops = STOPS | {"c1": [("p1", "a", 5, 25), *STOPS["c1"][1:]]}
    return Answer(UHHC.to_plan(instance, UHHC.read_solution(care_text(stops), instance)))
