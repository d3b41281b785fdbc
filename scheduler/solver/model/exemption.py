"""Constraints that do not bind where only held or waived bookings breach them."""

from collections.abc import Iterable, Mapping

from scheduler.domain.verdict import Concern
from scheduler.solver.model.base import Expr
from scheduler.solver.model.teams import TeamModel
from scheduler.solver.rules.base import BOTH


class ExemptingModel(TeamModel):
    """Adds `require`: a constraint with its parties."""

    def exempt(self, rule: str, slots: tuple[int, ...], concerns: frozenset[Concern] = BOTH) -> Expr:
        """Whether the parties stand where they are held, or where their breach of the rule is waived."""
        if slots and self.fixed(slots, concerns):
            return 1
        if frozenset(slots) not in self.c.waived.get(rule, ()):
            return 0
        return self.all_of([self.kept(slot) for slot in slots], f"exempt {rule} {slots}")

    def require(self, constraint: Expr, *, rule: str, slots: Iterable[int] = (), only_if: Iterable[Expr] = ()) -> None:
        """Demand a constraint, unless its parties are exempt."""
        self.demand(constraint, [*only_if, self.negated(self.exempt(rule, tuple(slots)))])

    def require_in_lane(self, constraint: Expr, lane: int, parties: Mapping[int, Expr], *, rule: str) -> None:
        """Demand a constraint on the bookings of a lane, unless all of its parties are held, or stood like this.

        `parties`: by slot, whether it takes part in what the constraint is about.
        """
        free = [truth for slot, truth in parties.items() if not self.c.is_held(slot)]
        condition = self.any_of(free, f"free in {lane} for {rule}")
        stood = [self._stands(lane, slots, parties) for slots in sorted(map(sorted, self.c.waived.get(rule, ())))]
        self.demand(constraint, [condition, *(self.negated(truth) for truth in stood)])

    def _stands(self, lane: int, slots: list[int], parties: Mapping[int, Expr]) -> Expr:
        """Whether the parties are exactly these slots, each where it stood."""
        others = [truth for slot, truth in parties.items() if slot not in slots]
        if any(self.c.holds[slot].lane != lane for slot in slots):
            return 0
        return self.all_of([*(self.kept(s) for s in slots), *map(self.negated, others)], f"stood {lane} {slots}")
