"""How often each move is made."""

MOVES = ("strings", "day", "related", "slice", "worst", "tardy", "shared", "regret", "exchanges", "room")
STRINGS, DAY, RELATED, SLICE, WORST, TARDY, SHARED, REGRET, EXCHANGES, ROOM = range(10)
RUINS = 7
MIX = (0.78, 0.02, 0.06, 0.06, 0.04, 0.02, 0.02, 0.1, 0.05, 1.0)
"""Shares of the ruins, which make one; how often what is taken out is put back by regret; how often a new best plan is
polished by exchanges: seldom, for where better plans follow each other quickly it would take most of the time; and
whether a ruin around what is outside makes room for it where it could go: not where leaving out is a choice."""


def only(move: str) -> tuple[float, ...]:
    """The mix of one ruin, or of the usual ruins with nothing but cheapest insertion or regret."""
    if move in ("cheapest", "regret"):
        return (*MIX[:RUINS], float(move == "regret"), 0.0, MIX[ROOM])
    return tuple(float(name == move) for name in MOVES)
