"""Text that a spreadsheet must not take for a formula."""

import re

FORMULA = re.compile(r"^[=+\-@\t\r\n]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
CELL_LIMIT = 32_000


def harmless(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would calculate it; without control characters."""
    clean = CONTROL.sub("", text)[:CELL_LIMIT]
    return f"'{clean}" if FORMULA.match(clean) else clean
