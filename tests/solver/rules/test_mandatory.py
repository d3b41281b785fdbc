"""What is mandatory, locked or frozen is scheduled."""

from scheduler.domain.override import Lock, LockKind
from scheduler.solver.rules.mandatory import Mandatory
from tests.builders import activity, booking, moment, plan, problem, technician
from tests.solver.rules.judge import judge, narrowed

GIVEN = problem(
    technicians=[technician("t")],
    activities=[
        activity("must", mandatory=True),
        activity("locked"),
        activity("frozen"),
        activity("may"),
        activity("gone", mandatory=True, status="cancelled"),
        activity("done", mandatory=True, status="completed", actual_start=moment("08:00"), actual_end=moment("09:00")),
    ],
    locks=[Lock(kind=LockKind.TIME, activity="locked", start=moment("12:00"))],
    standing=plan(booking("frozen", "t", "08:00")),
    freeze_until=moment("08:30"),
)


def test_it_says_why() -> None:
    assert [v.text for v in judge(Mandatory(), GIVEN, plan())] == [
        "must is mandatory, but is not scheduled",
        "locked is locked, but is not scheduled",
        "frozen has begun or is frozen, but is not scheduled",
    ]


def test_nobody_is_exempted() -> None:
    assert {(v.bookings, v.exempted, v.amount) for v in judge(Mandatory(), GIVEN, plan())} == {((), False, 1)}


def test_any_booking_counts() -> None:
    made = plan(*(booking(name, "t", "08:00") for name in ("must", "locked", "frozen")))
    assert judge(Mandatory(), GIVEN, made) == ()


def test_a_lock_that_has_run_out_asks_for_nothing() -> None:
    lock = GIVEN.locks[0].model_copy(update={"until": moment("07:00")})
    later = GIVEN.replace(locks=[lock], now=moment("08:00"))
    assert [v.activity for v in judge(Mandatory(), later, plan())] == ["must", "frozen"]


def test_it_marks_them_urgent() -> None:
    compiled = narrowed(Mandatory(), GIVEN)
    assert dict(zip(compiled.activities, compiled.urgent.tolist(), strict=True)) == {
        "must": True,
        "locked": True,
        "frozen": True,
        "may": False,
    }
