"""Service lies inside the horizon."""

import pytest

from scheduler.domain.override import Lock, LockKind
from scheduler.solver.rules.horizon import Horizon
from tests.builders import activity, booking, moment, plan, problem, span, technician
from tests.solver.rules.judge import judge, narrowed, ticks

WHOLE = problem(horizon=span("09:00", "12:00"), technicians=[technician("t")], activities=[activity("a")])


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("08:50", "a starts 10 minutes before the horizon begins"),
        ("09:00", None),
        ("11:00", None),
        ("11:05", "a ends 5 minutes after the horizon is over"),
    ],
)
def test_both_ends_belong_to_the_horizon(start: str, sentence: str | None) -> None:
    found = judge(Horizon(), WHOLE, plan(booking("a", "t", start)))
    assert [v.text for v in found] == ([sentence] if sentence else [])


def test_a_held_time_is_exempted() -> None:
    lock = Lock(kind=LockKind.TIME, activity="a", requirement="technician", start=moment("08:50"))
    assert [v.exempted for v in judge(Horizon(), WHOLE.with_lock(lock), plan(booking("a", "t", "08:50")))] == [True]


def test_it_compiles_to_the_whole_horizon() -> None:
    compiled = narrowed(Horizon(), WHOLE)
    assert compiled.starts == compiled.ends == [(ticks(compiled, WHOLE.horizon),)]
