"""What `verify` says of a plan: every breach, and what the plan costs."""

from enum import StrEnum

from pydantic import JsonValue

from scheduler.domain.base import FrozenDict, Id, Mapped, Value
from scheduler.domain.plan import BookingKey, Score


class Concern(StrEnum):
    """What a breach depends on; when all of it is held for all of its bookings, nobody could have avoided it."""

    RESOURCE = "resource"
    TIME = "time"


class Violation(Value):
    """A breach of a rule.

    Attributes
    ----------
    rule
        The rule's stable id.
    bookings
        The bookings that breach it together.
    activity, resource
        What it is about, where that is one activity or one resource.
    amount
        How much, in the rule's unit (minutes for times, a count otherwise); at least what a waiver must cover.
    concerns
        What the breach depends on.
    details
        What the sentence of the rule needs.
    exempted
        Only fixed or waived parties breach it: reported, not fought.
    """

    rule: Id
    bookings: tuple[BookingKey, ...] = ()
    activity: str | None = None
    resource: str | None = None
    amount: float = 1.0
    concerns: frozenset[Concern] = frozenset(Concern)
    details: Mapped[str, JsonValue] = FrozenDict()
    exempted: bool = False
    text: str = ""


class Verdict(Value):
    """All breaches in the rules' reporting order, and the score."""

    violations: tuple[Violation, ...] = ()
    score: Score = Score()

    @property
    def breaches(self) -> tuple[Violation, ...]:
        """The violations that are not exempted."""
        return tuple(v for v in self.violations if not v.exempted)

    @property
    def order(self) -> tuple[float, ...]:
        """What makes one plan better than another, the smaller the better: how many breaches, then the score."""
        return len(self.breaches), *self.score.order

    @property
    def ok(self) -> bool:
        return not self.breaches
