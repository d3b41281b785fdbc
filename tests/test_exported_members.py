"""The public face: these names and no others, and the solver is loaded by its first use."""

import json
import subprocess
import sys

import pytest

import scheduler

VALUES = [
    "Absence", "Activity", "Booking", "Break", "Briefing", "DayRoute", "FieldplanError", "Goal", "GreatCircle",
    "Interval", "InvalidInput", "Level", "LocalSpan", "Lock", "LockKind", "Matrix", "Meeting", "Outcome", "Place",
    "Plan", "Precedence", "Problem", "Progress", "Requirement", "Room", "Skill", "SkillNeed", "Technician", "Term",
    "TravelTimes", "Verdict", "Violation", "Waiver", "WorkingHours",
]  # fmt: skip
VERBS = ["solve", "verify"]


def loaded(code: str) -> set[str]:
    """The modules that are there after some code has run in a fresh interpreter."""
    code = f"import json, sys, scheduler\n{code}\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_these_names_are_exported_and_no_others() -> None:
    assert scheduler.__all__ == [*VALUES, *VERBS]


@pytest.mark.parametrize("name", VALUES)
def test_values_come_from_the_domain(name: str) -> None:
    assert getattr(scheduler, name).__module__.startswith("scheduler.domain.")


def test_a_star_import_gives_just_those() -> None:
    space: dict[str, object] = {}
    exec("from scheduler import *", space)
    assert space.keys() - {"__builtins__"} == set(scheduler.__all__)


def test_verbs_are_those_of_the_solver() -> None:
    from scheduler.solver.solve import solve
    from scheduler.solver.verify import verify

    assert (scheduler.solve, scheduler.verify) == (solve, verify)


def test_the_solver_is_loaded_by_its_first_use() -> None:
    assert not {m for m in loaded("") if m.startswith(("scheduler.solver", "ortools"))}
    assert "ortools" in loaded("scheduler.solve")


def test_verify_loads_no_search() -> None:
    after = loaded("scheduler.verify")
    assert "scheduler.solver.verify" in after and not {"ortools", "scheduler.solver.search"} & after


def test_there_is_nothing_else() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'unknown'"):
        _ = scheduler.unknown
