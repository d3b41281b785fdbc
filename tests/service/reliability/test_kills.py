"""A fixed few kills; `python -m benchmarks kills` makes a hundred."""

from pathlib import Path

import pytest

from tests.service.reliability.kills import kills


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_doubled_by_a_few_kills(tmp_path: Path, engine: str) -> None:
    figures = kills(tmp_path, engine, count=6)
    assert figures.hold, figures
