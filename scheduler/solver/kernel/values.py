"""Values in intermediate code."""

from typing import Any


def room(builder: Any, kind: Any) -> Any:
    """Room for a value on the stack. Nothing is written there, for nothing is read before it is written."""
    with builder.goto_entry_block():
        return builder.alloca(kind)
