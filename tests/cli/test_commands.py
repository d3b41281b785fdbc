"""The command as people call it; the solver is a stand-in that hands out a plan made by hand."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import icalendar
import pytest

from scheduler import cli
from scheduler.cli import solving
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.outcome import Outcome, StopReason
from scheduler.domain.plan import Plan, Score
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict, Violation
from scheduler.io import json as own
from scheduler.solver.kernel import warmup
from tests.io.small import small, small_plan, small_verdict

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["fieldplan", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return call


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    own.write(small(), tmp_path / "problem.json")
    own.write(small_plan(), tmp_path / "plan.json")
    return tmp_path / "problem.json", tmp_path / "plan.json"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "verify", lambda problem, plan: small_verdict())


class Solver:
    """Stands for the solver and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def __call__(self, problem: Problem, **asked: Any) -> Outcome:
        self.asked = {"problem": problem, **asked}
        known = set(problem.activity) >= {"a", "b", "c"}
        plan = small_plan() if known else Plan()
        return Outcome(plan=plan, verdict=small_verdict(), bound=(1.0, 10.0), gap=0.2, stopped=StopReason.TIME_LIMIT)


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> Solver:
    stand_in = Solver()
    monkeypatch.setattr(solving, "solve", stand_in)
    return stand_in


def test_solve_writes_the_plan_and_sums_it_up(
    run: Run, files: tuple[Path, Path], solver: Solver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    goal = Goal(levels=(Level(weights={Term.TARDINESS: 1}),))
    own.write(goal, tmp_path / "goal.json")
    done = run(
        "solve",
        files[0],
        "-o",
        tmp_path / "out.json",
        "--time-limit",
        1.5,
        "--seed",
        7,
        "--workers",
        1,
        "--goal",
        tmp_path / "goal.json",
    )
    assert done == 0
    assert own.read_plan(tmp_path / "out.json") == small_plan()
    assert {k: solver.asked[k] for k in ("time_limit", "seed", "workers")} == {
        "time_limit": 1.5,
        "seed": 7,
        "workers": 1,
    }
    assert solver.asked["problem"].goal == goal
    said = capsys.readouterr().out
    for expected in (
        "2 of 3",
        "20.00%",
        "12.50",
        "unscheduled c Left out: Nobody can do it.",
        "breach skills: t lacks a skill",
    ):
        assert expected in said


def test_solve_reads_workbooks_and_vroom(run: Run, solver: Solver, tmp_path: Path) -> None:
    assert run("template", tmp_path / "t.xlsx") == 0
    assert run("solve", tmp_path / "t.xlsx") == 0
    assert solver.asked["problem"].name == "Example week"
    (tmp_path / "v.json").write_text(
        '{"vehicles": [{"id": 1, "start": [30, 50]}], "jobs": [{"id": 1, "location": [30, 51]}]}'
    )
    assert run("solve", tmp_path / "v.json") == 0
    assert solver.asked["problem"].name == "VROOM request"


def test_verify_exits_1_on_a_breach_and_says_each_sentence(
    run: Run, files: tuple[Path, Path], judged: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", *files) == 1
    said = capsys.readouterr().out
    assert "breach skills: t lacks a skill" in said and "exempted skills: t lacks a skill" in said
    assert "1 breach(es), 1 exempted" in said


def test_verify_exits_0_when_every_breach_is_exempted(
    run: Run, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = Verdict(violations=(Violation(rule="skills", text="[red]x[/red]\x1b[2J", exempted=True),), score=Score())
    monkeypatch.setattr(solving, "verify", lambda problem, plan: verdict)
    assert run("verify", *files) == 0
    assert "[red]x[/red]?[2J" in capsys.readouterr().out


def test_a_plan_for_another_version_of_the_problem_is_pointed_out(
    run: Run, files: tuple[Path, Path], judged: None, capsys: pytest.CaptureFixture[str]
) -> None:
    own.write(small_plan().model_copy(update={"fingerprint": "other"}), files[1])
    run("verify", *files)
    assert "another version of this problem" in capsys.readouterr().out


def test_export_writes_every_format(
    run: Run, files: tuple[Path, Path], judged: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = {name: tmp_path / f"out.{name}" for name in ("xlsx", "csv", "ics", "png", "html", "vroom")}
    assert (
        run("export", *files, *(part for name, path in out.items() for part in (f"--{name}", path)), "--reminder", 15)
        == 0
    )
    assert all(path.exists() for path in out.values())
    assert {file.name for file in out["ics"].iterdir()} == {"t.ics", "r.ics"}
    events = icalendar.Calendar.from_ical((out["ics"] / "t.ics").read_bytes()).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["Boiler check", "Training"]
    assert "t.ics" in capsys.readouterr().out


def test_a_calendar_cannot_be_written_outside_of_its_folder(run: Run, judged: None, tmp_path: Path) -> None:
    given = json.loads(small().model_dump_json())
    given["technicians"][0]["id"] = "../../evil"
    (tmp_path / "p.json").write_text(json.dumps(given))
    own.write(Plan(), tmp_path / "plan.json")
    assert run("export", tmp_path / "p.json", tmp_path / "plan.json", "--ics", tmp_path / "a" / "b") == 0
    assert len(list((tmp_path / "a" / "b").iterdir())) == 2
    assert not list(tmp_path.rglob("evil.ics"))


def test_export_wants_to_know_what(run: Run, files: tuple[Path, Path]) -> None:
    assert run("export", *files) == 2


def test_schema_is_a_json_schema(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Problem"
    assert run("schema", "--plan") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Plan"


def test_the_demo_writes_where_it_says(
    run: Run, solver: Solver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("demo", "--out", tmp_path / "d", "--time-limit", 1) == 0
    names = {path.name for path in (tmp_path / "d").iterdir()}
    assert names == {"problem.json", "plan.json", "plan.xlsx", "plan.png", "plan.html", "calendars"}
    assert len(list((tmp_path / "d" / "calendars").iterdir())) == 16
    assert str(tmp_path / "d") in capsys.readouterr().out


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "neither an Excel workbook nor a JSON object"),
        ('{"technicians": [{"id": 3}]}', "technicians[0].id"),
        ('{"vehicles": [{"id": 1, "start": [1, 2]}], "shipments": [1]}', "shipments"),
    ],
)
def test_bad_input_exits_2_with_every_fault_and_no_traceback(
    run: Run, tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.json").write_text(text)
    for command in (["solve", tmp_path / "x.json"], ["verify", tmp_path / "x.json", tmp_path / "x.json"]):
        assert run(*command) == 2
        error = capsys.readouterr().err
        assert said in error and "Traceback" not in error and "fault(s)" in error


def test_what_cannot_be_written_is_known_before_the_solve(
    run: Run, files: tuple[Path, Path], solver: Solver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("solve", files[0], "-o", tmp_path / "none" / "plan.json") == 2
    assert solver.asked == {}
    assert run("template", tmp_path / "none" / "t.xlsx") == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--bogus"], ["solve"], ["solve", "x", "--workers", "0"], ["fly"], ["solve", "none.json"]]
)
def test_wrong_use_exits_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments) == 2


def test_the_progress_line_says_cost_bound_and_count() -> None:
    progress = SimpleNamespace(
        seconds=1.25,
        stage="kernel",
        score=Score(mandatory_unscheduled=1, levels=(3.0, 1234.5)),
        bound=(2.0,),
        scheduled=88,
        total=90,
    )
    text = solving.progress_text(progress)
    for said in ("kernel", "cost 3.0 / 1,234.5", "bound 2.0", "scheduled 88/90", "mandatory left out 1"):
        assert said in text


def test_the_command_loads_nothing_slow() -> None:
    code = "import json, sys, scheduler.cli.app; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"matplotlib", "numba", "ortools", "openpyxl", "httpx", "icalendar"} & set(json.loads(done.stdout))


def test_warmup_says_what_it_waits_for_and_how_long_that_took(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(warmup, "is_kept", lambda function: False)
    monkeypatch.setattr(warmup, "_ready", warmup.cache(lambda: None))
    assert run("warmup") == 0
    told = capsys.readouterr()
    assert warmup.WAIT in told.out + told.err and "the search is ready (0.0 s)" in told.out + told.err
