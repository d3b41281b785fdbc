"""Tiny random problems on a grid of ten minutes."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from scheduler.domain.activity import Activity, Requirement
from scheduler.domain.goal import Term
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.solver.rules import sample
from scheduler.solver.verify import verify

STEP = timedelta(minutes=10)
FIRST, LAST = 46, 57
"""The grid's first and last step of a day that is tried: 7:40 to 9:30."""
TECHNICIAN = ("absence", "break", "two-breaks", "overtime", "skills", "limits", "territory", "carry", "ends", "split")
ACTIVITY = ("windows", "finish", "dates", "around", "roles", "room", "alternatives", "site", "stock", "durations")
WHOLE = ("two-days", "precedence", "locks", "standing", "freeze", "facts", "waivers", "goal-limit", "mandatory", "cut")
FEATURES = (*TECHNICIAN, *ACTIVITY, *WHOLE)


def step(count: int, day: int = 0) -> datetime:
    return sample.MONDAY + timedelta(days=day) + count * STEP


def clock(count: int) -> str:
    return f"{count // 6}:{count % 6}0"


class Tiny:
    """One problem in the making: some of the features, so that what goes wrong is seen, but any of them together."""

    def __init__(self, random: Random) -> None:
        self.random = random
        often = (feature for feature in ("locks", "waivers", "two-days") if random.random() < 0.25)
        self.features = frozenset((*random.sample(FEATURES, random.choice((2, 3, 4, 5, 6, 7))), *often))
        self.days = 2 if "two-days" in self.features else 1
        self.rooms = 2 if "site" in self.features else 1 if "room" in self.features else 0

    def has(self, feature: str) -> bool:
        """Whether the feature is there, and this time used."""
        return feature in self.features and self.random.random() < 0.7

    def one(self, *values: Any) -> Any:
        return self.random.choice(values)

    def maybe(self) -> bool:
        return self.random.random() < 0.5

    def minutes(self, *values: int) -> timedelta:
        return timedelta(minutes=self.one(*values))

    def moment(self, first: int = 47, last: int = 55) -> datetime:
        return step(self.random.randint(first, last), self.random.randint(0, self.days - 1))

    def span(self, longest: int = 4, first: int = 46, last: int = 54, shortest: int = 1) -> Interval:
        start = self.moment(first, last)
        return Interval(start=start, end=start + self.random.randint(shortest, longest) * STEP)

    def problem(self) -> Problem:
        people = [self.technician(name) for name in ("ann", "bob")[: self.one(1, 2)]]
        rooms = [self.room(name, n) for n, name in enumerate(("lab", "den")[: self.rooms])]
        self.people = [t["id"] for t in people]
        activities = [self.activity(name) for name in ("a", "b", "c")[: self.one(1, 2, 2, 3, 3)]]
        given: dict[str, Any] = {
            "horizon": Interval(start=step(42), end=step(54 if self.has("cut") else 60, self.days - 1)),
            "technicians": people, "rooms": rooms, "activities": activities, "places": _places(),
            "travel": sample.line(), "precedences": self.precedences(activities), "goal": self.goal(),
        }  # fmt: skip
        plain = Problem.model_validate(given)
        if self.features & {"standing", "freeze", "facts", "waivers"}:
            given["standing"] = self.standing(plain)
        if self.has("freeze"):
            given["freeze_until"] = self.moment(46, 52)
        if "freeze" in self.features and self.maybe():
            given["now"] = self.moment(46, 50)
        if "facts" in self.features:
            given["activities"] = [self.begun(a) if self.maybe() else a for a in activities]
        given["locks"] = self.locks(plain) if "locks" in self.features else ()
        if "waivers" in self.features and given["standing"].bookings:
            known = Problem.model_validate(given)
            given["waivers"] = [self.waiver(known, given["standing"]) for _ in range(self.one(1, 2))]
        return Problem.model_validate(given)

    def technician(self, name: str) -> dict[str, Any]:
        hours = ("8:00", "9:00")
        spans: tuple[tuple[str, str], ...] = (hours,)
        if self.has("split"):
            spans = self.one((("8:00", "8:30"), ("8:40", "9:10")), (("7:50", "8:20"), ("8:30", "9:00")))
        weekly: dict[int, Any] = {day: [sample.local(*span) for span in spans] for day in range(7)}
        if self.days == 2 and self.maybe():
            weekly[1] = []
        given: dict[str, Any] = {"id": name, "working_hours": {"weekly": weekly}}
        for end in ("start_place", "end_place"):
            given[end] = self.one("p0", "p1", None) if self.has("ends") else "p0"
        if self.has("ends"):
            given["departure"] = "shift-start"
        if self.has("overtime"):
            given["overtime_limit"] = self.minutes(10, 20)
        if self.has("absence"):
            given["absences"] = [{"interval": self.span(3, 47)} for _ in range(self.one(1, 1, 2))]
        if self.has("break") or "two-breaks" in self.features:
            given["breaks"] = [self.pause(f"break{n}") for n in range(2 if "two-breaks" in self.features else 1)]
        if self.has("skills"):
            expires = self.one(None, sample.MONDAY.date())
            given["skills"] = [{"skill": "gas", "level": self.one(1, 2), "expires": expires}]
        if self.has("limits"):
            given["max_activities_per_day"] = self.one(None, 0, 1, 2)
            given["max_time_per_day"] = self.one(None, 20 * 60, 40 * 60, 50 * 60)
        if self.has("territory"):
            given["territories"] = self.one([], ["north"], ["south"])
        if "carry" in self.features:
            given["capacity"] = {"kg": self.one(0, 1, 2)}
        if "stock" in self.features:
            depot, length = self.one(None, "p0", "p1", "p2"), self.minutes(0, 10)
            stock = {"depot": depot, "restock_duration": length, "tools": self.one([], ["lift"])}
            given |= stock | {"parts": {"filter": self.one(0, 1, 2)}}
        if "site" in self.features:
            given["site"] = self.one(None, "north")
        return given

    def pause(self, name: str) -> dict[str, Any]:
        length = self.one(0, 1, 1, 2)
        start, room = self.one(48, 49, 50, 51, 52), self.one(0, 0, 1, 2)
        return {
            "id": name, "window": sample.local(clock(start), clock(start + max(1, length + room))),
            "duration": length * STEP, "price": self.one(None, None, 2.5), "after_drive": self.one(False, True),
            "before_work": self.one(False, False, True),
            "paid": self.one(False, True),
        }  # fmt: skip

    def room(self, name: str, n: int) -> dict[str, Any]:
        spans = self.one((("8:00", "9:10"),), (("8:00", "8:30"), ("8:40", "9:00")))
        opening = {"weekly": {day: [sample.local(*span) for span in spans] for day in range(7)}}
        return {
            "id": name, "place": f"p{n}", "opening": opening, "capacity": self.one(1, 2),
            "turnaround": self.minutes(0, 0, 10), "features": self.one([], ["sink"]), "seats": self.one(0, 2),
            "absences": [{"interval": self.span(2)}] if self.has("absence") else [],
            "site": self.one(None, "north") if "site" in self.features else None,
        }  # fmt: skip

    def activity(self, name: str) -> dict[str, Any]:
        length = self.one(10, 10, 20, 30, 0)
        given: dict[str, Any] = {"id": name, "duration": timedelta(minutes=length), "place": self.one("p0", "p1", "p2")}
        given["requirements"] = self.roles(given, "")
        if self.has("alternatives"):
            given["alternatives"] = [self.roles(given, "other ")]
        if self.has("windows") or self.has("finish"):
            kind = "finish_windows" if self.has("finish") else self.one("start_windows", "service_windows")
            length = (3, 3) if kind == "service_windows" else (1, 2)
            spans = [self.span(length[1], 47, 50, length[0])]
            spans += [self.span(length[1], 53, 54, length[0])] if self.maybe() else []
            given |= {kind: spans, "priced_windows": self.maybe()}
        if self.has("windows"):
            given["preferred_windows"] = [self.span(2)]
        if self.has("dates"):
            given |= {"release": self.one(None, self.moment(48, 51)), "respond_by": self.one(None, self.moment(48, 52))}
            given |= {
                "resolve_by": self.one(None, self.moment(49, 53)),
                "deadline": self.one(None, self.moment(52, 54)),
            }
        if self.has("around"):
            given |= {"setup": self.minutes(0, 10), "teardown": self.minutes(0, 10)}
        if "carry" in self.features:
            given["load"] = {"kg": self.one(0, 1, 2)}
        if "stock" in self.features:
            given |= {"parts": {"filter": self.one(0, 1, 1)}, "tools": self.one([], ["lift"])}
        if self.has("territory"):
            given["territory"] = self.one("north", "south")
        given["mandatory"] = self.has("mandatory")
        return given

    def roles(self, activity: dict[str, Any], prefix: str) -> list[dict[str, Any]]:
        """One to two requirements; decides how they meet too."""
        found = [self.role(f"{prefix}one")]
        if self.has("roles"):
            activity["different_people"] = self.one(True, True, False)
            if self.maybe():
                found.append(self.role(f"{prefix}two"))
            else:
                found[0]["count"] = 2
            if self.rooms == 0:
                kind = self.one("simultaneous", "sequential", "independent")
                activity["meeting"] = {"kind": kind}
                if kind == "sequential":
                    least = self.one(0, 10)
                    most = self.one(None, least, least + 10)
                    activity["meeting"] |= {"min_offset": least * 60, "max_offset": most and most * 60}
        if self.rooms and self.maybe():
            asked = {"id": f"{prefix}room", "kind": "room", "effort": self.one(1, 1, 2), "seats": self.one(0, 0, 1)}
            found.append(asked | {"features": self.one([], [], ["sink"])})
            if not prefix and "alternatives" not in self.features and self.maybe():
                activity["place"] = None
            if self.has("alternatives"):
                found = found[-1:]
        if self.has("site"):
            activity["same_site"] = True
        return found

    def role(self, name: str) -> dict[str, Any]:
        given: dict[str, Any] = {"id": name}
        if self.has("durations"):
            given["duration"] = self.minutes(10, 20)
        if self.has("skills"):
            given["skills"] = [{"skill": "gas", "level": self.one(1, 2)}]
            given["duration_factors"] = self.one({}, {2: 0.5}) if given.get("duration") == timedelta(minutes=20) else {}
        if self.has("territory"):
            given[self.one("must_choose_from", "restricted", "preferred")] = ["ann"]
        return given

    def precedences(self, activities: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if "precedence" not in self.features:
            return []
        found = []
        for before, after in pairwise(activities):
            least = self.one(0, 10, -20)
            more = {"technicians": self.one("any", "same", "different"), "same_day": self.maybe()}
            found.append({
                "before": before["id"], "after": after["id"], "min_lag": least * 60,
                "kind": self.one("finish-to-start", "start-to-start"),
                "max_lag": self.one(None, least * 60, least * 60 + 1200), **more,
            })  # fmt: skip
        return found

    def goal(self) -> dict[str, Any]:
        priced = {term.value: self.one(1, 2.5) for term in Term} | {"unscheduled": self.one(1, 1000)}
        limits = {self.one(*Term).value: self.one(0, 1, 10, 20)} if self.has("goal-limit") else {}
        return {"levels": [{"weights": priced}], "limits": limits}

    def standing(self, problem: Problem) -> Plan:
        """Any bookings of whole sets of requirements, most of them right."""
        bookings: list[Booking] = []
        for activity in problem.activities:
            if self.random.randint(0, 3):
                chosen, start = self.one(*activity.requirement_sets), self.moment(47, 54)
                for requirement in chosen:
                    for ordinal in range(requirement.count):
                        resource = self.one(*of_kind(problem, requirement))
                        length = lasts(activity, requirement, problem.technician.get(resource))
                        bookings.append(Booking(activity=activity.id, requirement=requirement.id, ordinal=ordinal,
                                                resource=resource, start=start, end=start + length))  # fmt: skip
        return Plan(bookings=tuple(bookings))

    def begun(self, activity: dict[str, Any]) -> dict[str, Any]:
        status, start = self.one("in-progress", "completed", "cancelled"), self.moment(47, 50)
        facts = {"status": status}
        if status != "cancelled":
            facts["actual_start"] = start
        if status == "completed":
            facts["actual_end"] = start + self.minutes(0, 10, 20)
        return activity | facts

    def locks(self, problem: Problem) -> list[dict[str, Any]]:
        found = []
        for activity in problem.activities[: self.one(1, 2)]:
            kind, requirement = (
                self.one("time", "resource", "resource-and-time", "time-range"),
                activity.requirements[0],
            )
            given: dict[str, Any] = {"kind": kind, "activity": activity.id}
            if kind in ("resource", "resource-and-time") or self.maybe():
                given["requirement"] = requirement.id
            if kind in ("resource", "resource-and-time"):
                given["resource"] = self.one(*of_kind(problem, requirement))
            if kind != "resource":
                given["start"] = self.moment(47, 53)
            if kind == "time-range":
                given["end"] = given["start"] + self.minutes(20, 30, 40)
            found.append(given)
        return found

    def waiver(self, problem: Problem, standing: Plan) -> dict[str, Any]:
        """Mostly of a breach that stands."""
        breaches = [v for v in verify(problem, standing).breaches if v.bookings]
        if breaches and self.random.random() < 0.8:
            breach = self.one(*breaches)
            given = self.one(*breach.bookings)._asdict()
            return given | {
                "rule": breach.rule,
                "largest_amount": breach.amount * self.one(0.5, 1, 1, 2),
                "why": "agreed",
            }
        booking = self.one(*standing.bookings)
        rules = ("working-hours", "absence", "no-overlap", "travel-time", "start-window", "skill-match", "team",
                 "breaks", "room-capacity", "capacity", "deadline", "room-opening", "precedence", "daily-limits",
                 "tools-and-parts", "finish-window", "release", "same-site", "service-time", "service-window",
                 "territory")  # fmt: skip
        given = {"activity": booking.activity, "requirement": booking.requirement, "ordinal": booking.ordinal}
        return given | {"rule": self.one(*rules), "largest_amount": self.one(1, 10, 20, 1000), "why": "agreed"}


def _places() -> list[dict[str, str]]:
    return [{"id": place} for place in sample.PLACES]


def of_kind(problem: Problem, requirement: Requirement) -> list[str]:
    return [r.id for r in (problem.technicians if requirement.kind == "technician" else problem.rooms)]


def lasts(activity: Activity, requirement: Requirement, technician: Technician | None) -> timedelta:
    """The service time of a role, for a technician of some level."""
    length = activity.duration_of(requirement)
    if technician is None or not requirement.skills or not requirement.duration_factors:
        return length
    level = max((s.level for s in technician.skills), default=0)
    return length * (requirement.duration_factors.get(level, 1.0))
