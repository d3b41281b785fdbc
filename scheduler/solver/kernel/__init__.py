"""Compiled local search: routes taken apart and put together again, many thousand times a second.

A step takes some related activities out and puts them back where they cost least (`moves`, `insertion`); simulated
annealing says what is kept (`anneal`). Lanes know what is admitted behind every stop (`route`), and starts that hang on
each other are kept at their earliest by raising what is demanded of them until nothing moves (`ties`).
"""

from scheduler.solver.kernel.search import Better, search
from scheduler.solver.kernel.warmup import warm_up
from scheduler.solver.kernel.weights import Weights

__all__ = ["Better", "Weights", "search", "warm_up"]
