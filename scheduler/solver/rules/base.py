"""What a rule is, and the model that rules speak to."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction
from math import ceil, gcd, lcm
from typing import Any, ClassVar, Protocol, cast

from pydantic import JsonValue

from scheduler.domain.goal import Term
from scheduler.domain.held import held_bookings
from scheduler.domain.plan import BookingKey, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Concern, Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.view import View

Expr = Any
"""A linear expression, or a truth value as 0 or 1, of the constraint-programming model; adds, multiplies, compares."""

NOISE = 1e-6
"""What a sum of floats may be off."""
RESOURCE = frozenset({Concern.RESOURCE})
TIME = frozenset({Concern.TIME})
BOTH = frozenset(Concern)


class Leg(Protocol):
    """A drive that a technician may make in a lane."""

    @property
    def taken(self) -> Expr:
        """Whether it is made."""

    @property
    def ticks(self) -> int:
        """How long it takes."""

    @property
    def steps(self) -> int:
        """How far it is."""


class Model(Protocol):
    """Questions that a rule may ask of the constraint-programming model, and how it adds to it.

    Times are ticks, truth values are 0 or 1. What is not possible at all comes as the plain integer 0.
    """

    def scheduled(self, activity: int) -> Expr:
        """Whether the activity is in the plan."""

    def uses_set(self, activity: int, requirement_set: int) -> Expr:
        """Whether that requirement set of the activity is the one that is filled."""

    def present(self, slot: int) -> Expr:
        """Whether the slot is booked."""

    def on(self, slot: int, resource: int) -> Expr:
        """Whether the slot is booked on the resource, whatever the day."""

    def in_lane(self, slot: int, lane: int) -> Expr:
        """Whether the slot is booked in the lane."""

    def start(self, slot: int) -> Expr:
        """Start of service; means nothing when the slot is not present."""

    def end(self, slot: int) -> Expr:
        """End of service."""

    def activity_start(self, activity: int) -> Expr:
        """Earliest start of the activity's slots; means nothing when it is not scheduled."""

    def activity_end(self, activity: int) -> Expr:
        """Latest end of the activity's slots."""

    def lateness(self, slot: int) -> Expr:
        """Ticks by which the slot is late, over all that was promised; 0 when it is not present."""

    def candidates(self, lane: int) -> Sequence[int]:
        """Slots that may be put into the lane."""

    def used(self, lane: int) -> Expr:
        """Whether the technician has a booking on that day."""

    def departure(self, lane: int) -> Expr:
        """When the day's route leaves; `first` of the lane when it is not used."""

    def arrival(self, lane: int) -> Expr:
        """When the day's route is back; equals the departure when the lane is not used."""

    def legs(self, lane: int) -> Iterable[Leg]:
        """All drives that the lane may hold."""

    def travelled(self, lane: int) -> Expr:
        """Ticks of travel in the lane."""

    def served(self, lane: int) -> Expr:
        """Ticks of service with setup and teardown in the lane."""

    def waited(self, lane: int) -> Expr:
        """Ticks between departure and arrival that are neither travel, service, restocking nor pause."""

    def break_taken(self, lane: int, pause: int) -> Expr:
        """Whether that break of the lane is taken."""

    def paused(self, lane: int, *, unpaid_only: bool = False) -> Expr:
        """Ticks of breaks taken between departure and arrival; blocked spans in between too, as unpaid ones."""

    def rested_outside(self, lane: int) -> Expr:
        """Ticks of breaks taken, and of blocked spans, before the departure or after the arrival, inside the day."""

    def restocked(self, lane: int) -> Expr:
        """Whether the lane has a restocking stop."""

    def boolean(self, name: str) -> Expr:
        """A new truth value."""

    def integer(self, least: int, most: int, name: str) -> Expr:
        """A new integer."""

    def negated(self, truth: Expr) -> Expr:
        """The opposite of a truth value; also of a plain 0 or 1."""

    def require(self, constraint: Expr, *, rule: str, slots: Iterable[int] = (), only_if: Iterable[Expr] = ()) -> None:
        """Demand a linear (in)equality when all of `only_if` hold, unless the slots that would breach it are exempt.

        `slots` are the parties: where all of them are held, or their breach of `rule` is waived and stands, the
        constraint does not bind.
        """

    def largest(self, expressions: Sequence[Expr], least: int, most: int, name: str) -> Expr:
        """A new integer that is at least each expression and at least `least`."""

    def price(self, term: Term, expression: Expr) -> None:
        """Give a term's value, counted in the term's steps. Prices it and holds it to its limit."""


def technicians_lanes(compiled: Compiled) -> list[int]:
    """The lanes that are working days."""
    return [lane for lane, is_room in enumerate(compiled.lanes.is_room) if not is_room]


def idle_ticks(compiled: Compiled, model: Model, lane: int) -> Expr:
    """Ticks of a working day that are neither work nor rest, those before the departure and after the return too."""
    first, last = int(compiled.first[lane]), int(compiled.last[lane])
    if first >= last:
        return 0
    if not model.candidates(lane):
        return last - first - model.rested_outside(lane)
    most = 4 * compiled.clock.floor(compiled.problem.horizon.end)
    before = model.departure(lane) - first
    if any(slot in compiled.holds for slot in model.candidates(lane)):  # only what stands may lie before the day
        before = model.largest([before], 0, most, f"idle before {lane}")
    after = model.largest([last - model.arrival(lane)], 0, most, f"idle after {lane}")
    return before + model.waited(lane) + after - model.rested_outside(lane)


def common_step(amounts: Iterable[float | Fraction]) -> Fraction:
    """The largest step of which all amounts are whole multiples; a millionth of the smallest where that is finer.

    Then amounts are rounded to the step in the model, by less than a millionth each. The score is measured anew.
    """
    exact = [Fraction(str(a)) if isinstance(a, float) else Fraction(a) for a in amounts if a]
    if not exact:
        return Fraction(1)
    step = Fraction(gcd(*(f.numerator for f in exact)), lcm(*(f.denominator for f in exact)))
    return max(step, min(exact) / 10**6)


def lasting(minutes: JsonValue) -> str:
    """A length of time for a sentence, rounded up, so that a waiver of what is said covers it."""
    minutes = float(cast(float, minutes))
    if minutes < 1:
        seconds = ceil(minutes * 60 - NOISE)
        return f"{seconds} second" if seconds == 1 else f"{seconds} seconds"
    shown = ceil(minutes - NOISE) if minutes >= 10 else ceil(minutes * 10 - NOISE) / 10
    return "1 minute" if shown == 1 else f"{shown:g} minutes"


def number(value: JsonValue) -> str:
    """An amount for a sentence, with three decimals at most."""
    return f"{float(cast(float, value)):.3f}".rstrip("0").rstrip(".")


class Reach(Enum):
    """What else a breach depends on, beside the activities and resources that it is about. Promise no less than is so.

    ACTIVITY: the bookings of one activity, the days that they stand in, their resources. The breach names bookings.
    RESOURCE: the bookings, places and day routes of one resource. The breach names the `resource`.
    PLAN: anything.
    """

    ACTIVITY = auto()
    RESOURCE = auto()
    PLAN = auto()


@dataclass(frozen=True)
class Example:
    """A problem, a plan that keeps the rule in it, and one that breaches it (for a term: a dearer plan)."""

    problem: Problem
    good: Plan
    bad: Plan


class Rule(ABC):
    """One policy. All there is to know of it stands in its file."""

    id: ClassVar[str]
    concerns: ClassVar[frozenset[Concern]] = BOTH
    static: ClassVar[bool] = False
    """Whether some breaches depend on the resource alone, although others may not."""
    reach: ClassVar[Reach] = Reach.PLAN
    unit: ClassVar[str] = ""
    """Unit of a violation's amount: minutes, or a count of something."""

    @abstractmethod
    def check(self, view: View) -> Iterable[Violation]:
        """Every breach in a plan. This is the rule's specification."""

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        """Tighten what both engines read."""

    def encode(self, compiled: Compiled, model: Model) -> None:
        """Add to the constraint-programming model what narrowing can't say."""

    @abstractmethod
    def explain(self, violation: Violation) -> str:
        """One sentence for a dispatcher."""

    @abstractmethod
    def examples(self) -> Iterator[Example]:
        """Small problems that show the rule."""

    def violation(
        self,
        *bookings: BookingKey,
        amount: float = 1.0,
        activity: str | None = None,
        resource: str | None = None,
        concerns: frozenset[Concern] | None = None,
        **details: JsonValue,
    ) -> Violation:
        """A violation of this rule."""
        concerns = self.concerns if concerns is None else concerns
        assert concerns != RESOURCE or concerns == self.concerns or self.static, "a static breach is announced"
        return Violation(
            rule=self.id,
            bookings=bookings,
            amount=amount,
            activity=activity,
            resource=resource,
            concerns=concerns,
            details=details,
        )


class TermRule(Rule):
    """A term of the goal: it measures a plan, prices it in the model, and is a hard rule where the goal limits it."""

    term: ClassVar[Term]
    grows: ClassVar[bool] = True
    """Whether a limit can always be kept by leaving activities out."""

    @abstractmethod
    def measure(self, view: View) -> float:
        """The term's value in its own unit. This is the term's specification."""

    @abstractmethod
    def step(self, compiled: Compiled) -> Fraction:
        """What one integer of the term's expression in the model is worth, in the term's unit."""

    def check(self, view: View) -> Iterable[Violation]:
        """A breach where the value exceeds the goal's limit, by what stands alone or by all."""
        limit = view.problem.goal.limits.get(self.term)
        if limit is not None and (value := self.measure(view)) > limit + 1e-6:
            held = held_bookings(view.problem)
            parties = held if value <= self.standing(view.problem) + 1e-6 else (b.key for b in view.plan.bookings)
            yield self.violation(*parties, amount=value - limit, value=value, limit=limit)

    def standing(self, problem: Problem) -> float:
        """What the term amounts to by facts and freeze alone: a limit asks for no less."""
        held = tuple(held_bookings(problem).values()) if self.grows else ()
        return self.measure(View(problem, with_routes(problem, Plan(bookings=held)))) if held else 0.0

    def explain(self, violation: Violation) -> str:
        found, limit = violation.details["value"], violation.details["limit"]
        value = f"{number(found)} {self.unit}".strip()
        return f"{self.term.value} is {value}, over the goal's limit of {number(limit)}"
