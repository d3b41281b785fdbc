"""The import contracts hold, and each of them bites: a planted breach is refused by the contract's name."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT = shutil.which("lint-imports", path=str(Path(sys.executable).parent))

BREACHES = {
    "a rule imports another rule": (
        {
            "scheduler/solver/rules/planted.py": "import scheduler.solver.rules.planted_too\n",
            "scheduler/solver/rules/planted_too.py": "",
        },
        "Rules are independent of each other",
    ),
    "verify imports ortools": (
        {"scheduler/solver/verify.py": "import ortools\n"},
        "Verify shares nothing with the search",
    ),
    "the library imports the service": (
        {"scheduler/domain/planted.py": "import service.settings\n"},
        "The library knows nothing of the service",
    ),
    "a table imports a route": (
        {"service/tables/planted.py": "import service.routes\n"},
        "The service's floors",
    ),
    "a module nobody gave a floor": (
        {"scheduler/solver/planted.py": ""},
        "The solver's floors",
    ),
}


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    assert LINT, "import-linter is not installed"
    return subprocess.run([LINT, "--no-cache"], cwd=tree, capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in ("scheduler", "service", "benchmarks"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_tree_keeps_every_contract() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_refused_by_name(copy: Path, breach: str) -> None:
    files, contract = BREACHES[breach]
    for path, text in files.items():
        with (copy / path).open("a", encoding="utf-8") as file:
            file.write(text)
    done = lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout
