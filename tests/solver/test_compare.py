"""Compare: what moves, for whom, at what price."""

from scheduler.domain.goal import Term
from scheduler.domain.plan import BookingKey
from scheduler.solver.compare import Kind, compare
from tests import builders as b

ANN, BOB = b.technician("ann"), b.technician("bob", at="p5")
PROBLEM = b.problem(
    technicians=(ANN, BOB),
    activities=tuple(b.activity(name, place="p1") for name in "abcd"),
    days=1,
)
BEFORE = b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "ann", "11:00"), b.booking("c", "bob", "09:00"))


def key(name: str) -> BookingKey:
    return BookingKey(name, "technician")


def test_equal_plans_change_nothing() -> None:
    found = compare(PROBLEM, BEFORE, BEFORE)
    assert (found.changes, found.shares, dict(found.price), found.arising, found.gone) == ((), (), {}, (), ())
    assert found.kept == 3 and found.before == found.after


def test_every_change_has_its_kind_and_its_share() -> None:
    after = b.plan(b.booking("a", "ann", "10:00"), b.booking("b", "bob", "12:00"), b.booking("d", "ann", "13:00"))
    found = compare(PROBLEM, BEFORE, after)
    assert {c.activity: c.kind for c in found.changes} == {
        "a": Kind.SHIFTED,
        "b": Kind.REASSIGNED_AND_SHIFTED,
        "c": Kind.REMOVED,
        "d": Kind.ADDED,
    }
    assert [c.activity for c in found.changes] == ["c", "a", "b", "d"], "in the order of time"
    assert found.changes[1].shift == b.minutes(60)
    ann, bob = found.shares
    assert (ann.gained, ann.lost, ann.shifted) == ((key("d"),), (key("b"),), (key("a"),))
    assert (bob.gained, bob.lost, bob.shifted) == ((key("b"),), (key("c"),), ())
    assert (found.scheduled, found.unscheduled, found.kept) == (("d",), ("c",), 0)


def test_another_person_at_the_same_time() -> None:
    after = b.plan(*BEFORE.bookings[:1], b.booking("b", "bob", "11:00"), *BEFORE.bookings[2:])
    (change,) = compare(PROBLEM, BEFORE, after).changes
    assert change.kind is Kind.REASSIGNED


def test_the_price_is_the_difference_of_each_term() -> None:
    """Without c, bob need not drive from p5 to p1 and back: 80 minutes, for one activity more that is left out."""
    found = compare(PROBLEM, BEFORE, b.plan(*BEFORE.bookings[:2]))
    assert dict(found.price) == {Term.UNSCHEDULED: 1.0, Term.TRAVEL_TIME: -80.0}
    assert found.after.terms[Term.UNSCHEDULED] - found.before.terms[Term.UNSCHEDULED] == 1.0


def test_breaches_that_come_and_go() -> None:
    clash = b.plan(*BEFORE.bookings[1:], b.booking("a", "ann", "11:30"))
    there, back = compare(PROBLEM, BEFORE, clash), compare(PROBLEM, clash, BEFORE)
    assert "no-overlap" in {v.rule for v in there.arising} and there.gone == ()
    assert (back.gone, back.arising) == (there.arising, ())
