"""The public benchmark sets, by name."""

from benchmarks.sets.base import AnySet
from benchmarks.sets.field import FIELD
from benchmarks.sets.hhcrsp import HHCRSP
from benchmarks.sets.rich_vrptw import RICH_VRPTW
from benchmarks.sets.trsp import TRSP
from benchmarks.sets.uhhc import UHHC
from benchmarks.sets.vrptw import VRPTW, VRPTW_DISTANCE

SETS: dict[str, AnySet] = {
    benchmark.name: benchmark for benchmark in (UHHC, HHCRSP, TRSP, VRPTW, VRPTW_DISTANCE, RICH_VRPTW, FIELD)
}
"""All sets; two conventions on the same files are two sets."""
