"""A small problem with everything a writer shows, and a hand-made plan for it."""

from datetime import timedelta

from scheduler.domain.activity import Briefing
from scheduler.domain.goal import Term
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import BreakTaken, Plan, Reason, Score, Unscheduled
from scheduler.domain.problem import Problem
from scheduler.domain.travel import Place, TravelTimes
from scheduler.domain.verdict import Verdict, Violation
from tests.builders import activity, booking, moment, pause, plan, problem, requirement, room, route, technician

HOSTILE = "<script>alert('x')</script>\"&"
FORMULA = '=HYPERLINK("http://evil","x")'


def small(name: str = "Olena", *, title: str = "Boiler check", briefing: Briefing | None = None) -> Problem:
    places = tuple(
        Place(id=f"p{n}", address=f"Street {n}", latitude=50.4 + n / 100, longitude=30.5 + n / 50) for n in range(4)
    )
    training = (requirement("trainer"), requirement("room", kind="room"))
    return problem(
        name="Small",
        technicians=[technician("t", name=name, skills={"gas": 2}, breaks=(pause(30, "12:00", "13:00"),))],
        rooms=[room("r", name="Hall", at="p3", seats=5)],
        activities=[
            activity(
                "a",
                name=title,
                skills=["gas"],
                place="p1",
                service_type="repair",
                setup=timedelta(minutes=10),
                briefing=briefing or Briefing(contact="Ms Bilyk", bring=("ladder",), links=("https://example.com/1",)),
            ),
            activity("b", name="Training", place=None, requirements=training),
            activity("c", name="Left out", place="p2"),
        ],
        places=places,
        travel=TravelTimes(),
        locks=(Lock(kind=LockKind.TIME, activity="a", start=moment("09:00"), why="promised"),),
    )


def small_plan() -> Plan:
    return plan(
        booking("a", "t", "09:00"),
        booking("b", "t", "14:00", requirement="trainer"),
        booking("b", "r", "14:00", requirement="room"),
        routes=[_route()],
        unscheduled=(Unscheduled(activity="c", reasons=(Reason(rule="skills", text="Nobody can do it."),)),),
        score=Score(levels=(1.0, 12.5), terms={Term.TRAVEL_TIME: 12.5}),
    )


def _route():  # type: ignore[no-untyped-def]
    from scheduler.domain.plan import BookingKey

    lunch = BreakTaken(id="break", start=moment("12:00"), end=moment("12:30"))
    keys = (BookingKey("a", "technician"), BookingKey("b", "trainer"))
    return route("t", "08:30", "15:20", bookings=keys, breaks=(lunch,))


def small_verdict() -> Verdict:
    breach = Violation(rule="skills", activity="a", resource="t", text="t lacks a skill", amount=2)
    return Verdict(
        violations=(breach, breach.model_copy(update={"exempted": True})), score=small_plan().score or Score()
    )
