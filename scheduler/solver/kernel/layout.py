"""Columns of the tables that the compiled search works on; see `arrays.Arrays` and `state.State` for the tables."""

# Nodes: slots, then a head and a tail for each lane. Pairs name a stretch of `pool`: from, to. A stop that would start
# later than UNTIL can't be kept: others wait for it who are not in this part of the plan. It is late by what it starts
# after DUE; where more must be asked, that is UNKNOWN. A TWIN may change places with the slot before it. FEW lanes that
# hold a slot are named. What is FIXED STAYS where it is once it is in, or STANDS there by a lock or a fact.
(ACTIVITY, PLACE, BEFORE, AFTER, ROOM, FIXED, STOOD, CHARGED,
 STARTS, STARTS_END, ENDS, ENDS_END, LATES, LATES_END, BARRED, BARRED_END,
 ARCS, ARCS_END, ARCS_IN, ARCS_IN_END, WISHES, WISHES_END, UNTIL, DUE, TWIN, FEW, FEW_END) = range(27)  # fmt: skip
NODE_COLUMNS = 27
STAYS, STANDS = 1, 2

# Lanes of the search. In what is blocked nobody works or drives; in what is closed only those work whom nothing moves.
# A room has as many UNITs as may be booked at once; each HOLDS bookings of so large an effort at most.
(SOURCE, RESOURCE, FIRST, LAST, LATEST, UNIT, TURNAROUND, FIXED_DEPARTURE, BLOCKED, BLOCKED_END,
 PAUSES, PAUSES_END, DEPOT, RESTOCK, MOST_BOOKINGS, MOST_TIME, FROZEN, PRICED, CLASS, ALIKE,
 SITE, DAY, MEMBERS, MEMBERS_END, HOUSE, CLOSED, CLOSED_END, HOLDS) = range(28)  # fmt: skip
LANE_COLUMNS = 28

# Money of a lane, and rates for all; how many people there are, and how many of them have no day to work on
USED, OVER, WORKED = range(3)
LANE_MONEY = 3
(LATE, LARGEST, WAITED, IDLE, LARGEST_IDLE, SHIFTED, BALANCE, WISHED, PER_DAY, OVERALL, HAS_TIES,
 HAS_SAME_DAYS, PEOPLE, WITHOUT_DAYS) = range(14)  # fmt: skip
RATES = 14

# Activities. The last so many slots of the set are HELD, the others join them. People are APART: nobody fills two roles
# (ALWAYS), or nobody does on one day, because these meet (AT_ONCE); otherwise one role may follow another.
SETS, SETS_END, SHARED, SHARED_END, OPENS_AT_END, CLOSES_AT_END, APART, ONE_SITE, LINKS, LINKS_END, HELD = range(11)
ACTIVITY_COLUMNS = 11
ALWAYS, AT_ONCE = 1, 2

EXACT, TRAVEL_ONLY, REGULAR, LIMITED = range(4)
"""How an insertion is priced in a lane (column PRICED): by the whole route anew; by its legs; by its legs and by the
stops that it pushes, where starting earlier never costs more; by its legs, where a walk along the route tells whether
the day is too long."""

# Records in the pool
PAUSE = 8
"""Earliest, latest end, length, seated (after the drive), paid, row of its fee (-1: hard), whether work must follow,
number in `Compiled`."""
ARC = 4
"""To, gap, add own duration, subtract the other's: start[to] >= start + gap + add * duration - sub * duration[to]."""
LINK = 2
"""Other activity, kind."""
LATENESS = 4
"""Whether openings and closings are held against the end, and the stretch of windows: from, to."""
NEEDS, SAME, DIFFERENT, SAME_DAY, NEEDED = 1, 2, 4, 8, 16

# Nodes in a state. TIMES and after: earliest starts by breaks taken, then latest starts likewise.
NXT, PRV, LANE, START, BOUND, DURATION, WHERE, WINDOW, DRIVE, TIMES = range(10)

# Lanes in a state. VISIT is the stop before which the depot is visited, -1 where it is not.
SIZE, BUSY, WORK, LATEST_BY, TIES, SLACK, IDLED, VISIT = range(8)
LANE_STATE = 8

NEVER = 2**50
"""Later than any tick that can be reached."""
UNKNOWN = -1
"""In DUE: lateness is told by the windows in LATES."""
