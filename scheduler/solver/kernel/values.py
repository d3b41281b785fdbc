"""Values in intermediate code: room for one, several put together, and one of them again."""

from typing import Any

from llvmlite import ir

_Put: Any = ir.instructions.InsertValue


def room(builder: Any, kind: Any) -> Any:
    """Room for a value on the stack. Nothing is written there, for nothing is read before it is written."""
    with builder.goto_entry_block():
        return builder.alloca(kind)


def struct(builder: Any, kind: Any, values: Any) -> Any:
    """Values put together."""
    whole = ir.Constant(kind, ir.Undefined)
    for number, value in enumerate(values):
        whole = builder.insert_value(whole, value, number)
    return whole


def part(builder: Any, whole: Any, number: int) -> Any:
    """One of the values that were put together: itself, where that was done in sight."""
    seen = whole
    while isinstance(seen, _Put) and seen.indices[0] != number:
        seen = seen.operands[0]
    if isinstance(seen, _Put) and len(seen.indices) == 1:
        return seen.operands[1]
    return builder.extract_value(whole, number)
