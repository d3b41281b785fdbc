"""The plainest layer over CP-SAT: truth values that may be constants, and conditional constraints."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

Expr = Any
LARGEST_TICK = 2**40
Spans = Sequence[tuple[int, int]]


class Base:
    """A CP-SAT model whose truth values may be the plain integers 0 and 1."""

    def __init__(self) -> None:
        self.cp = cp_model.CpModel()

    def boolean(self, name: str) -> Expr:
        return self.cp.new_bool_var(name)

    def integer(self, least: int, most: int, name: str) -> Expr:
        return least if least == most else self.cp.new_int_var(int(least), int(most), name)

    def within(self, spans: Spans, name: str) -> Expr:
        """A new integer inside one of the spans, both ends admitted."""
        if len(spans) == 1:
            return self.integer(*spans[0], name)
        return self.cp.new_int_var_from_domain(domain(spans), name)

    def negated(self, truth: Expr) -> Expr:
        return 1 - truth if isinstance(truth, int) else truth.negated()

    def all_of(self, truths: Iterable[Expr], name: str) -> Expr:
        """Whether all hold."""
        return self.negated(self.any_of([self.negated(t) for t in truths], name))

    def any_of(self, truths: Iterable[Expr], name: str) -> Expr:
        """Whether one holds."""
        left = [t for t in truths if not (isinstance(t, int) and t == 0)]
        if any(isinstance(t, int) for t in left):
            return 1
        if len(left) < 2:
            return left[0] if left else 0
        truth = self.boolean(name)
        self.cp.add_max_equality(truth, left)
        return truth

    def demand(self, constraint: Expr, only_if: Iterable[Expr] = ()) -> None:
        """Add a constraint that binds when all of `only_if` hold. A plain truth value counts as a constraint too."""
        conditions = [c for c in only_if if not (isinstance(c, int) and c == 1)]
        if any(isinstance(c, int) for c in conditions):
            return
        if isinstance(constraint, bool | np.bool_):
            if not constraint:
                self.cp.add_bool_or([*(self.negated(c) for c in conditions), self.cp.new_constant(0)])
            return
        added = self.cp.add(constraint)
        if conditions:
            added.only_enforce_if(conditions)

    def demand_within(self, expression: Expr, spans: Spans, only_if: Iterable[Expr] = ()) -> None:
        """The expression lies inside one of the spans when all of `only_if` hold."""
        conditions = [c for c in only_if if not (isinstance(c, int) and c == 1)]
        if any(isinstance(c, int) for c in conditions):
            return
        if isinstance(expression, int):
            self.demand(any(a <= expression <= b for a, b in spans), conditions)
            return
        added = self.cp.add_linear_expression_in_domain(expression, domain(spans))
        if conditions:
            added.only_enforce_if(conditions)

    def stay(self, start: Expr, end: Expr, here: Expr, name: str) -> cp_model.IntervalVar:
        """An interval that counts when `here` holds; its size may be a variable."""
        size = end - start
        if not isinstance(size, int) and not isinstance(start, int):
            until = self.cp.new_int_var(-LARGEST_TICK, LARGEST_TICK, f"until {name}")
            self.demand(until == end)
            end = until
        return self.cp.new_optional_interval_var(start, size, end, here, name)

    def largest(self, expressions: Sequence[Expr], least: int, most: int, name: str) -> Expr:
        value = self.integer(least, most, name)
        for expression in expressions:
            self.demand(value >= expression)
        return value


def domain(spans: Spans) -> cp_model.Domain:
    return cp_model.Domain.from_intervals([[int(a), int(b)] for a, b in spans])
