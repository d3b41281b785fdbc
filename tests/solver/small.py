"""Small random problems with everything in them: one or two days, places p0 to p4 on the line, two to three people.

Drawn by `random`, many times faster than hypothesis draws values of this size; hypothesis draws the seeds.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.domain.activity import Activity, Meeting, Precedence, Requirement
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Room, Technician
from tests import builders as b

PLACES = [f"p{n}" for n in range(5)]
SKILLS = ["gas", "water"]
SEEDS = st.integers(0, 2**32)


def fresh(seed: int, most: int = 5) -> Problem:
    """A problem that nobody has planned yet."""
    return _Draw(seed).problem(most)


def locked(seed: int, most: int = 5) -> Problem:
    """A problem with locks on some bookings; they may be impossible to keep without a breach."""
    draw = _Draw(seed)
    problem = draw.problem(most)
    return problem.replace(locks=tuple(draw.locks(problem)))


def planned(seed: int, most: int = 5) -> Problem:
    """A problem with bookings that stand somewhere, often against some rule; now and then some of them frozen."""
    draw = _Draw(seed)
    problem = draw.problem(most)
    plan = Plan(bookings=tuple(draw.bookings(problem)))
    return problem.replace(standing=plan, freeze_until=b.moment("10:00") if draw.chance(0.4) else None)


class _Draw:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.days = self._random.choice([1, 1, 2])

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def problem(self, most: int) -> Problem:
        """Drawn again where it is refused as never possible."""
        while True:
            names = [f"a{n}" for n in range(self._random.randint(1, most))]
            try:
                return b.problem(
                    days=self.days,
                    travel=b.line(len(PLACES)),
                    technicians=[self.technician(f"t{n}") for n in range(self._random.randint(1, 3))],
                    rooms=[self.room(f"r{n}") for n in range(self._random.randint(0, 2))],
                    activities=[self.activity(name) for name in names],
                    precedences=list(self.precedences(names)),
                )
            except ValidationError:
                continue

    def technician(self, name: str) -> Technician:
        choice = self._random.choice
        lunch = b.pause(
            30,
            "12:00",
            choice(["12:30", "13:30"]),
            paid=self.chance(0.5),
            price=choice([None, 1]),
            after_drive=self.chance(0.3),
        )
        return b.technician(
            name,
            skills={s: self._random.randint(1, 3) for s in SKILLS if self.chance(0.7)},
            at=choice([*PLACES, None]),
            breaks=(lunch,) if self.chance(0.5) else (),
            absences=(b.absence("10:00", "11:10", self._random.randrange(self.days)),) if self.chance(0.3) else (),
            departure=choice(["just-in-time", "shift-start"]),
            travel_speed=choice([1, 2]),
            overtime_limit=b.minutes(choice([0, 60])),
            max_activities_per_day=choice([None, None, 2]),
            max_time_per_day=choice([None, None, b.minutes(300)]),
            capacity={"kg": 10} if self.chance(0.7) else {},
            tools={"drill"} if self.chance(0.5) else set(),
            parts={"valve": 1} if self.chance(0.5) else {},
            depot=choice([None, *PLACES]),
            restock_duration=b.minutes(choice([0, 20])),
            site=choice(["east", "west"]),
        )

    def room(self, name: str) -> Room:
        return b.room(
            name,
            at=self._random.choice(PLACES),
            capacity=self._random.randint(1, 2),
            turnaround=b.minutes(self._random.choice([0, 15])),
            absences=(b.absence("09:00", "10:00"),) if self.chance(0.3) else (),
            site=self._random.choice(["east", "west"]),
        )

    def roles(self, label: str, with_room: bool) -> tuple[Requirement, ...]:
        """One role or two, some of them for two people; a room with them."""
        asked = list[Requirement]()
        for n in range(2 if self.chance(0.25) else 1):
            skills = {skill: self._random.randint(1, 2) for skill in SKILLS if self.chance(0.2)}
            factors = {2: 0.5} if skills and self.chance(0.5) else {}
            count = 2 if self.chance(0.15) else 1
            asked.append(b.requirement(f"{label}{n}", skills=skills, count=count, duration_factors=factors))
        if with_room:
            asked.append(b.requirement(f"{label}room", kind="room", effort=self._random.randint(1, 2)))
        return tuple(asked)

    def activity(self, name: str) -> Activity:
        choice, with_room = self._random.choice, self.chance(0.25)
        ends = self.chance(0.2)
        windows = self.windows() if self.chance(0.5) else ()
        return b.activity(
            name,
            minutes=15 * self._random.randint(1, 8),
            place=None if with_room and self.chance(0.5) else choice(PLACES),
            setup=b.minutes(choice([0, 10])),
            teardown=b.minutes(choice([0, 5])),
            requirements=self.roles("a", with_room),
            alternatives=(self.roles("b", with_room),) if self.chance(0.25) else (),
            start_windows=() if ends else windows,
            finish_windows=windows if ends else (),
            priced_windows=bool(windows) and self.chance(0.3),
            deadline=self.moment() if self.chance(0.2) else None,
            resolve_by=self.moment() if self.chance(0.3) else None,
            mandatory=self.chance(0.3),
            priority=self._random.randint(1, 5),
            meeting=Meeting() if with_room else self.meeting(),
            different_people=self.chance(0.8),
            same_site=self.chance(0.2),
            load={"kg": 6} if self.chance(0.2) else {},
            tools={"drill"} if self.chance(0.2) else set(),
            parts={"valve": 1} if self.chance(0.2) else {},
        )

    def meeting(self) -> Meeting:
        kind = self._random.choice(["simultaneous", "sequential", "independent"])
        if kind != "sequential":
            return Meeting(kind=kind)
        return Meeting(kind=kind, min_offset=b.minutes(15), max_offset=self._random.choice([None, b.minutes(60)]))

    def precedences(self, names: list[str]) -> Iterator[Precedence]:
        """Between neighbours in the list, so that there is never a circle."""
        choice = self._random.choice
        for before, after in pairwise(names):
            if self.chance(0.25):
                yield Precedence(
                    before=before,
                    after=after,
                    kind=choice(["finish-to-start", "start-to-start"]),
                    min_lag=b.minutes(choice([0, 30])),
                    max_lag=choice([None, b.minutes(180)]),
                    technicians=choice(["any", "same", "different"]),
                    same_day=self.chance(0.5),
                )

    def moment(self) -> datetime:
        halves = timedelta(minutes=30 * self._random.randint(14, 36))
        return b.moment("00:00", self._random.randrange(self.days)) + halves

    def windows(self) -> tuple[Interval, ...]:
        first = self.moment()
        later = first + timedelta(minutes=150)
        length = timedelta(minutes=15 * self._random.randint(1, 8))
        starts = [first, later] if self.chance(0.5) else [first]
        return tuple(Interval(start=s, end=s + length) for s in starts)

    def locks(self, problem: Problem) -> Iterator[Lock]:
        for activity in self._random.sample(problem.activities, min(2, len(problem.activities))):
            requirement = self._random.choice(activity.requirements)
            known = problem.technicians if requirement.kind == "technician" else problem.rooms
            kind = self._random.choice([LockKind.TIME, LockKind.RESOURCE, LockKind.RESOURCE_AND_TIME])
            if known or kind is LockKind.TIME:
                yield Lock(
                    kind=kind,
                    activity=activity.id,
                    requirement=requirement.id,
                    resource=None if kind is LockKind.TIME else self._random.choice([r.id for r in known]),
                    start=None if kind is LockKind.RESOURCE else self.moment(),
                )

    def bookings(self, problem: Problem) -> Iterator[Booking]:
        for activity in problem.activities:
            start = self.moment()
            for requirement in activity.requirements if self.chance(0.6) else ():
                known = problem.technicians if requirement.kind == "technician" else problem.rooms
                for ordinal in range(requirement.count if known else 0):
                    yield Booking(
                        activity=activity.id,
                        requirement=requirement.id,
                        ordinal=ordinal,
                        resource=self._random.choice([r.id for r in known]),
                        start=start,
                        end=start + activity.duration_of(requirement),
                    )
