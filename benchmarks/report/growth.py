"""Tables of growth: stages by size, and how often a second each measured part can be repeated."""

from collections.abc import Iterator

from benchmarks.scale import Stage, exponents
from benchmarks.speed import Timing


def growth_table(stages: list[Stage]) -> Iterator[str]:
    """Yield a row for each stage and size, then the exponents."""
    yield "| activities | stage | on the clock | CPU | peak | priority lost | travel |"
    yield "|---|---|---|---|---|---|---|"
    for s in sorted(stages, key=lambda stage: (stage.activities, stage.seed)):
        plan = ("", "") if s.lost is None else (f"{s.lost:.0f}", f"{s.travel:.0f} min")
        cells = (s.activities, s.stage, f"{s.clock_s:.2f} s", f"{s.cpu_s:.2f} s", f"{s.memory_mb:.0f} MB", *plan)
        yield f"| {' | '.join(map(str, cells))} |"
    grown = (f"{name} n^{exponent:.2f}" for name, exponent in exponents(stages).items())
    if told := ", ".join(grown):
        yield f"\nCPU seconds grow as {told}."


def speed_table(timings: list[Timing]) -> Iterator[str]:
    """Yield a row for each part, a column for each size."""
    sizes = sorted({timing.activities for timing in timings})
    by_key = {(timing.name, timing.activities): timing for timing in timings}
    yield f"| part | {' | '.join(f'{size:,}' for size in sizes)} |"
    yield f"|---|{'---|' * len(sizes)}"
    for name in dict.fromkeys(timing.name for timing in timings):
        cells = (f"{by_key[name, size].a_second:,.3g}" if (name, size) in by_key else "" for size in sizes)
        yield f"| {name} | {' | '.join(cells)} |"
