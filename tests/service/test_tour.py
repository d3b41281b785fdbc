"""The tour that the README speaks of runs as it stands there, against real servers."""

import subprocess
import sys
from pathlib import Path

import pytest

TOUR = Path(__file__).parents[2] / "docs" / "tour.py"


@pytest.mark.slow
def test_the_tour_ends_well(tmp_path: Path) -> None:
    command = [sys.executable, str(TOUR)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr[-6000:]
    said = done.stdout
    for part in ("imported: ", "no rule is breached", "locked: ", "dry run: ", "published as number 1", "question: "):
        assert part in said, said
    assert said.count("the feed shows") == 2 and "published as number 2" in said
