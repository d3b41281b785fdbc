"""How often each move is made."""

MOVES = ("strings", "day", "related", "slice", "worst", "tardy", "shared", "regret")
STRINGS, DAY, RELATED, SLICE, WORST, TARDY, SHARED, REGRET = range(8)
RUINS = 7
MIX = (0.78, 0.02, 0.06, 0.06, 0.04, 0.02, 0.02, 0.1)
"""Shares of the ruins, which make one; then how often what is taken out is put back by regret."""


def only(move: str) -> tuple[float, ...]:
    """The mix of one ruin, or of the usual ruins with nothing but regret."""
    if move == "regret":
        return (*MIX[:RUINS], 1.0)
    return tuple(float(name == move) for name in MOVES)
