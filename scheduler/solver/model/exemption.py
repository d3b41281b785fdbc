"""Constraints that do not bind where only held or waived bookings breach them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from scheduler.domain.verdict import Concern
from scheduler.solver.model.base import Expr
from scheduler.solver.model.teams import TeamModel
from scheduler.solver.rules.base import BOTH

Parties = Mapping[int, Expr]
"""By slot, whether it takes part in what a constraint is about."""


class ExemptingModel(TeamModel):
    """Adds `require`: a constraint with its parties."""

    def require(self, constraint: Expr, *, rule: str, slots: Iterable[int] = (), only_if: Iterable[Expr] = ()) -> None:
        """Demand a constraint, unless all of the slots that are booked are exempt."""
        self.require_of({slot: self.present(slot) for slot in slots}, constraint, rule=rule, only_if=only_if)

    def require_of(
        self, parties: Parties, constraint: Expr, *, rule: str, concerns: frozenset[Concern] = BOTH,
        only_if: Iterable[Expr] = (),
    ) -> None:  # fmt: skip
        """Demand a constraint, unless all who take part are exempt."""
        self.demand(constraint, [*only_if, self.negated(self.exempt(rule, parties, concerns))])

    def require_time(self, parties: Parties, excess: Expr, *, rule: str, only_if: Iterable[Expr] = ()) -> None:
        """Demand that ticks beyond a limit are none, unless all who take part are held; a waived excess may stay as
        large as it stands."""
        self.require_of(parties, excess <= 0, rule=rule, only_if=only_if)
        for group, minutes in self.c.waived.get(rule, {}).items():
            most = timedelta(minutes=minutes) // self.c.clock.length(1)
            self.demand(excess <= most, [*only_if, self._stands(group, parties), self.negated(self._all_held(parties))])

    def exempt(
        self, rule: str, parties: Parties, concerns: frozenset[Concern] = BOTH, amount: float | None = None
    ) -> Expr:
        """Whether all who take part are held, or are those whose breach of the rule stands and is waived."""
        waived = self.c.waived.get(rule, {})
        stand = [self._stands(group, parties) for group, most in waived.items() if amount is None or amount <= most]
        return self.any_of([self._all_held(parties, concerns), *stand], f"exempt {rule} {sorted(parties)}")

    def _all_held(self, parties: Parties, concerns: frozenset[Concern] = BOTH) -> Expr:
        """Whether a lock or a fact holds all who take part, where it holds any that could."""
        loose = [truth for slot, truth in parties.items() if not self.fixed((slot,), concerns)]
        if len(loose) == len(parties):
            return 0
        return self.negated(self.any_of(loose, f"loose among {sorted(parties)}"))

    def _stands(self, group: frozenset[int], parties: Parties) -> Expr:
        """Whether exactly these slots take part, each where it stands."""
        if not group <= parties.keys():
            return 0
        others = [self.negated(truth) for slot, truth in parties.items() if slot not in group]
        there = [truth for slot in sorted(group) for truth in (parties[slot], self.kept(slot))]
        return self.all_of([*there, *others], f"stand {sorted(group)}")
