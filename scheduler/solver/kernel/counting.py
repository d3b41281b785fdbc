"""Loops over ranges, as short as in C: a place for the counter, which is compared with the end and raised.

Numba works out how often a loop will run: that takes a division, a branch for each way to count, and another counter.
"""

from typing import Any

from llvmlite import ir
from numba import types

from scheduler.solver.kernel.values import part, room, struct

RANGE, COUNTER = types.range_state64_type, types.range_iter64_type
BEGIN, END, STEP = range(3)
"""Where numba's model of a range has them; that of a counter has the counter's place first."""
_WORD: Any = ir.IntType(64)


def range_of(context: Any, builder: Any, bounds: Any) -> Any:
    """A range, from what `range` is given."""
    bounds = bounds if len(bounds) > 1 else (_WORD(0), *bounds)
    return struct(builder, context.get_value_type(RANGE), (*bounds, _WORD(1))[:3])


def counter_of(context: Any, builder: Any, given: Any) -> Any:
    """A counter at the beginning of a range."""
    place = room(builder, _WORD)
    builder.store(part(builder, given, BEGIN), place)
    rest = (part(builder, given, number) for number in (END, STEP))
    return struct(builder, context.get_value_type(COUNTER), (place, *rest))


def count(context: Any, builder: Any, kind: Any, counter: Any) -> Any:
    """The counter's number, and whether it is within the range; the counter goes on to the next."""
    place, end, step = (part(builder, counter, number) for number in (BEGIN, END, STEP))
    now = builder.load(place)
    builder.store(builder.add(now, step, flags=("nsw",)), place)
    return struct(builder, context.get_value_type(kind), (now, _is_within(builder, now, end, step)))


def _is_within(builder: Any, now: Any, end: Any, step: Any) -> Any:
    if isinstance(step, ir.Constant):
        return builder.icmp_signed("<" if step.constant > 0 else ">", now, end)
    up = builder.icmp_signed(">", step, _WORD(0))
    return builder.select(up, builder.icmp_signed("<", now, end), builder.icmp_signed(">", now, end))
