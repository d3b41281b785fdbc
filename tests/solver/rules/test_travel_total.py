"""The time of all drives, the technicians' speeds counted."""

from scheduler.domain.plan import Plan, Restock
from scheduler.solver.rules.travel_total import TravelTotal
from tests.builders import activity, booking, moment, plan, problem, route, technician
from tests.solver.rules.terms import value


def test_all_drives_of_all_days_add_up() -> None:
    people = [technician("t"), technician("fast", travel_speed=4), technician("open", at=None)]
    names = ("a", "b", "c", "d")
    given = problem(technicians=people, activities=[activity(name, place="p2") for name in names], days=2)
    parts = [booking("a", "t", "09:00"), booking("b", "t", "09:00", day=1), booking("c", "fast", "09:00")]
    assert value(TravelTotal(), given, plan(*parts, booking("d", "open", "09:00"))) == 40 + 40 + 10
    assert value(TravelTotal(), given, Plan()) == 0


def test_the_way_to_the_depot_counts() -> None:
    given = problem(technicians=[technician("t", depot="p3")], activities=[activity("a")])
    stop = Restock(place="p3", start=moment("08:30"), end=moment("08:40"))
    found = plan(booking("a", "t", "09:00"), routes=[route("t", "08:00", "10:10", "a", restock=stop)])
    assert value(TravelTotal(), given, found) == 30 + 20 + 10
