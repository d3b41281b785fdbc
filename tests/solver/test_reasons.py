"""Reasons hold: each names a rule that does stand in the way, and what could be put in is put in."""

from datetime import timedelta

import pytest

from scheduler.domain.activity import Activity, ActivityStatus, Meeting, Precedence
from scheduler.domain.goal import Goal, Term
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Plan, Reason
from scheduler.domain.problem import Problem
from scheduler.solver.reasons import answer, asking, insertable, reasons
from scheduler.solver.verify import verify
from tests import builders as b


def told(problem: Problem, plan: Plan, name: str = "a") -> tuple[Reason, ...]:
    return next(u.reasons for u in reasons(problem, plan) if u.activity == name)


def rules(found: tuple[Reason, ...]) -> list[str]:
    return [reason.rule for reason in found]


def text(found: tuple[Reason, ...]) -> str:
    return "\n".join(reason.text for reason in found)


def test_a_full_plan_needs_no_reasons() -> None:
    problem = b.problem(technicians=[b.technician("ann")], activities=[b.activity("a")])
    assert reasons(problem, b.plan(b.booking("a", "ann", "09:00"))) == ()


def test_what_is_not_to_be_done_is_not_told() -> None:
    problem = b.problem(activities=[b.activity("a", status=ActivityStatus.CANCELLED)])
    assert reasons(problem, Plan()) == ()


def test_nobody_has_the_skill() -> None:
    people = [b.technician("ann", skills={"gas": 1}), b.technician("bob")]
    found = told(b.problem(technicians=people, activities=[b.activity("a", skills={"gas": 3})]), Plan())
    assert rules(found) == ["skill-match", "skill-match"]
    assert "ann at Mon 5 Jan" in found[0].text and "ann has level 1 in gas" in found[0].text
    assert found[1].text == "all 2 technicians lack gas at level 3 or better, which a asks for"
    assert {"a", "ann", "bob"} <= set(found[1].subjects)


def test_some_lack_the_skill_and_the_others_are_busy() -> None:
    people = [b.technician("ann", skills=["gas"]), b.technician("bob")]
    window = (b.span("09:00", "10:00"),)
    asked = [b.activity("a", skills=["gas"], start_windows=window), b.activity("x", minutes=180)]
    found = told(b.problem(technicians=people, activities=asked), b.plan(b.booking("x", "ann", "08:30", 180)))
    assert {"skill-match", "no-overlap"} == set(rules(found))
    assert found[0].rule == "no-overlap" and {"a", "x", "ann"} <= set(found[0].subjects)
    assert "1 of 2 technicians (bob) lack gas" in text(found)
    assert "1 of 2 technicians (ann) are at other activities (x)" in text(found)
    assert "in the window Mon 5 Jan 09:00 to Mon 5 Jan 10:00" in text(found)


@pytest.mark.parametrize(
    ("rule", "activity", "person"),
    [
        ("territory", {"territory": "north"}, {"territories": {"south"}}),
        ("working-hours", {"start_windows": (b.span("18:00", "19:00"),)}, {}),
        ("working-hours", {"minutes": 600}, {}),
        ("absence", {}, {"absences": (b.absence("00:00", "23:00"),)}),
        ("capacity", {"load": {"kg": 5}}, {"capacity": {"kg": 4}}),
        ("tools-and-parts", {"tools": {"lift"}}, {}),
        ("daily-limits", {}, {"max_activities_per_day": 0}),
        (
            "breaks",
            {"minutes": 300, "start_windows": (b.span("10:00", "11:00"),)},
            {"breaks": (b.pause(30, "11:30", "14:00"),)},
        ),
    ],
)  # fmt: skip
def test_what_one_technician_can_not(rule: str, activity: dict[str, object], person: dict[str, object]) -> None:
    problem = b.problem(technicians=[b.technician("ann", **person)], activities=[b.activity("a", **activity)])  # type: ignore[arg-type]
    found = told(problem, Plan())
    assert rule in rules(found), text(found)
    assert found[0].subjects[:2] == ("a", "ann")
    assert insertable(problem, Plan(), "a") is None


def test_no_technician_at_all() -> None:
    found = told(b.problem(activities=[b.activity("a")]), Plan())
    assert rules(found) == ["eligibility"] and "there is none" in found[0].text


def test_too_little_time_to_drive() -> None:
    asked = [b.activity("x"), b.activity("a", place="p9", start_windows=(b.span("10:00", "10:15"),))]
    problem = b.problem(technicians=[b.technician("ann")], activities=asked)
    found = told(problem, b.plan(b.booking("x", "ann", "09:00")))
    assert found[0].rule == "travel-time" and "ann" in found[0].subjects and "x" in found[0].subjects


def test_what_it_follows_is_missing_itself() -> None:
    asked = [b.activity("x", skills=["gas"]), b.activity("a")]
    problem = b.problem(
        technicians=[b.technician("ann")], activities=asked, precedences=(Precedence(before="x", after="a"),)
    )
    found = told(problem, Plan())
    assert found[0].rule == "precedence" and "a follows x, which is not scheduled" in found[0].text


def test_it_fits_after_what_it_follows() -> None:
    asked = [b.activity("x"), b.activity("a")]
    order = Precedence(before="x", after="a", min_lag=timedelta(hours=2), max_lag=timedelta(hours=2))
    problem = b.problem(technicians=[b.technician("ann")], activities=asked, precedences=(order,))
    whole = insertable(problem, b.plan(b.booking("x", "ann", "09:00")), "a")
    assert whole is not None and whole.by_activity["a"][0].start == b.moment("12:00")


def test_the_search_ended_before_it_was_placed() -> None:
    problem = b.problem(technicians=[b.technician("ann")], activities=[b.activity("a")])
    found = told(problem, Plan())
    assert rules(found) == ["search"] and "-1 on level 1" in found[0].text and found[0].subjects == ("a", "ann")
    whole = insertable(problem, Plan(), "a")
    assert whole is not None and verify(problem, whole).ok and whole.score == verify(problem, whole).score


def test_serving_costs_more_than_leaving_out() -> None:
    dear = Goal.weighted(unscheduled=1, resources_used=10)
    problem = b.problem(technicians=[b.technician("ann")], activities=[b.activity("a")], goal=dear)
    found = told(problem, Plan())
    assert rules(found) == ["unscheduled"] and "costs more than leaving it out: +9 on level 1" in found[0].text


def test_the_goal_limits_what_may_be_spent() -> None:
    goal = Goal(limits={Term.RESOURCES_USED: 0})
    problem = b.problem(technicians=[b.technician("ann")], activities=[b.activity("a")], goal=goal)
    assert rules(told(problem, Plan())) == ["resources-used"]
    assert insertable(problem, Plan(), "a") is None


def test_the_cheapest_of_several_is_inserted() -> None:
    people = [b.technician("ann"), b.technician("bob")]
    goal = Goal.weighted(unscheduled=100, resources_used=1)
    problem = b.problem(technicians=people, activities=[b.activity("a"), b.activity("x")], goal=goal)
    whole = insertable(problem, b.plan(b.booking("x", "bob", "12:00")), "a")
    assert whole is not None and whole.by_activity["a"][0].resource == "bob"


def test_it_is_inserted_between_two() -> None:
    asked = [b.activity(name) for name in ("x", "y", "a")]
    people = [b.technician("ann", working_hours=b.hours("08:00", "11:20"))]
    problem = b.problem(technicians=people, activities=asked)
    stands = b.plan(b.booking("x", "ann", "08:10"), b.booking("y", "ann", "10:10"))
    whole = insertable(problem, stands, "a")
    assert whole is not None and whole.by_activity["a"][0].start == b.moment("09:10")
    assert len(whole.routes) == 1 and len(whole.routes[0].bookings) == 3


def test_a_lock_is_kept() -> None:
    people = [b.technician("ann"), b.technician("bob")]
    lock = Lock(
        kind=LockKind.RESOURCE_AND_TIME, activity="a", requirement="technician", resource="bob", start=b.moment("11:00")
    )
    problem = b.problem(technicians=people, activities=[b.activity("a"), b.activity("x")], locks=(lock,))
    whole = insertable(problem, Plan(), "a")
    assert whole is not None
    assert (whole.by_activity["a"][0].resource, whole.by_activity["a"][0].start) == ("bob", b.moment("11:00"))
    found = told(problem, b.plan(b.booking("x", "bob", "10:30")))
    assert found[0].rule == "no-overlap" and "1 of 2 technicians (ann) are not whom a lock holds" in text(found)


def team(**more: object) -> Activity:
    roles = (b.requirement("lead", skills=["gas"]), b.requirement("mate", skills=["lift"]))
    return b.activity("a", requirements=roles, **more)  # type: ignore[arg-type]


def test_one_role_of_a_team_nobody_fills() -> None:
    problem = b.problem(technicians=[b.technician("ann", skills=["gas"])], activities=[team()])
    found = told(problem, Plan())
    assert set(rules(found)) == {"skill-match"} and "(mate)" in text(found) and "(lead)" not in text(found)


def test_a_team_that_is_not_free_together() -> None:
    people = [
        b.technician("ann", skills=["gas"], working_hours=b.hours("08:00", "12:00")),
        b.technician("bob", skills=["lift"], working_hours=b.hours("13:00", "17:00")),
    ]
    found = told(b.problem(technicians=people, activities=[team()]), Plan())
    assert "team" in rules(found) and "each role of a could be filled alone" in text(found)


def test_a_team_of_one_person_is_none() -> None:
    people = [b.technician("ann", skills=["gas", "lift"])]
    problem = b.problem(technicians=people, activities=[team()])
    assert "team" in rules(told(problem, Plan()))
    assert insertable(problem, Plan(), "a") is None


@pytest.mark.parametrize("kind", ["simultaneous", "sequential", "independent"])
def test_a_team_is_inserted(kind: str) -> None:
    people = [b.technician("ann", skills=["gas", "lift"]), b.technician("bob", skills=["gas", "lift"])]
    meeting = Meeting.model_validate({"kind": kind, "min_offset": timedelta(minutes=30 if kind == "sequential" else 0)})
    problem = b.problem(technicians=people, activities=[team(meeting=meeting), b.activity("x")])
    stands = b.plan(b.booking("x", "ann", "09:00"))
    whole = insertable(problem, stands, "a")
    assert whole is not None and verify(problem, whole).ok


def test_two_are_asked_and_only_one_could() -> None:
    people = [b.technician("ann", skills=["gas"]), b.technician("bob")]
    asked = b.activity("a", requirements=(b.requirement(skills=["gas"], count=2),))
    found = told(b.problem(technicians=people, activities=[asked]), Plan())
    assert "asks for 2 technicians (technician), and only 1 could serve it" in text(found)


def test_a_room_and_a_technician() -> None:
    roles = (b.requirement("who"), b.requirement("where", kind="room", features={"sink"}))
    asked = b.activity("a", place=None, requirements=roles)
    people = [b.technician("ann")]
    lab = b.room("lab", at="p2", features={"sink"})
    problem = b.problem(technicians=people, rooms=[lab], activities=[asked])
    whole = insertable(problem, Plan(), "a")
    assert whole is not None and verify(problem, whole).ok and len(whole.bookings) == 2
    found = told(b.problem(technicians=people, rooms=[b.room("den")], activities=[asked]), Plan())
    assert "room-features" in rules(found) and "lack sink" in text(found)
    busy = b.problem(
        technicians=people, rooms=[lab], activities=[asked, b.activity("x", minutes=540, requirements=roles[1:])]
    )
    found = told(busy, b.plan(b.booking("x", "lab", "08:00", 540, requirement="where")))
    assert "room-capacity" in rules(found) and "x" in found[0].subjects


def test_an_alternative_set_will_do() -> None:
    asked = b.activity("a", skills=["gas"], alternatives=((b.requirement("other", skills=["oil"]),),))
    problem = b.problem(technicians=[b.technician("ann", skills=["oil"])], activities=[asked])
    whole = insertable(problem, Plan(), "a")
    assert whole is not None and whole.bookings[0].requirement == "other"
    assert rules(told(problem, Plan())) == ["search"]


def test_a_stop_at_the_depot_is_tried() -> None:
    van = b.technician("ann", depot="p0", restock_duration=b.minutes(10))
    problem = b.problem(technicians=[van], activities=[b.activity("a", parts={"filter": 1})])
    whole = insertable(problem, Plan(), "a")
    assert whole is not None and whole.routes[0].restock is not None and verify(problem, whole).ok


def test_every_activity_gets_a_reason_when_time_is_up() -> None:
    asked = [b.activity("a", skills=["gas"]), b.activity("x")]
    found = reasons(b.problem(technicians=[b.technician("ann")], activities=asked), Plan(), limit_seconds=0)
    by_name = {u.activity: rules(u.reasons) for u in found}
    assert by_name["a"] == ["skill-match"] and by_name["x"] == ["search"]


class Clock:
    """Time passes whenever somebody looks at it."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 0.01
        return self.now


def test_many_technicians_take_no_longer_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    for module in (asking, answer):
        monkeypatch.setattr(module, "monotonic", clock)
    people = [b.technician(f"t{n}", skills=["gas"] if n % 2 else []) for n in range(300)]
    window = (b.span("18:00", "19:00"),)
    asked = [b.activity(f"a{n}", skills=["gas"], start_windows=window) for n in range(30)]
    found = reasons(b.problem(technicians=people, activities=asked, days=5), Plan(), limit_seconds=1.0)
    assert clock.now < 5
    assert len(found) == 30 and all(u.reasons for u in found)
    assert "150 of 300 technicians" in text(found[0].reasons)


def test_when_time_is_long_up_nobody_is_asked_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "GRACE_SECONDS", -1.0)
    asked = [b.activity(f"a{n}", requirements=(b.requirement("technician", skills={"gas": n + 1}),)) for n in range(3)]
    found = reasons(b.problem(technicians=[b.technician("ann")], activities=asked), Plan(), limit_seconds=0)
    assert [r.text for u in found for r in u.reasons] == [
        f"time was up before any technician was looked at for a{n} (technician)" for n in range(3)
    ]
