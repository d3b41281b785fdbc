"""A fixed few kills; `python -m benchmarks kills` makes a hundred."""

from pathlib import Path

import pytest

from tests.service.reliability.kills import kills


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "dask", "count"), [("sqlite", False, 4), ("postgresql", True, 6)])
def test_nothing_is_lost_or_doubled_by_a_few_kills(tmp_path: Path, engine: str, dask: bool, count: int) -> None:
    figures = kills(tmp_path, engine, count, dask=dask)
    assert figures.hold, figures
