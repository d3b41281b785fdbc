"""Loaded into the processes that solve: a company as small as that of the load is cut into parts, as a large one is."""

from scheduler.solver.kernel.parts import rounds

rounds.LARGE, rounds.SIZE = 40, 20
