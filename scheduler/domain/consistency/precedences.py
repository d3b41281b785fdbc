"""Precedences, and the circles they may form."""

from collections.abc import Iterator
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from scheduler.domain.activity import Precedence
from scheduler.domain.consistency.known import Found, Known, Path

Edges = dict[tuple[str, str], int]


def precedence(known: Known, precedence: Precedence, path: Path) -> Iterator[Found]:
    for field in ("before", "after"):
        yield from known.reference(getattr(precedence, field), (*path, field), "activity")
    if precedence.before == precedence.after:
        yield (*path, "after"), "is the same activity as before; name another"


def cycles(known: Known) -> Iterator[Found]:
    """Circles that push time forward. Of circles that share a precedence, the first found."""
    edges, pushing = _forward(known)
    while circle := _circle(edges):
        steps = list(pairwise(circle))
        if any(step in pushing for step in steps):
            last = max(edges[step] for step in steps)
            yield ("precedences", last), f"closes a circle through {', '.join(map(repr, circle))}; remove one of them"
        for step in steps:
            del edges[step]


def _forward(known: Known) -> tuple[Edges, set[tuple[str, str]]]:
    """Pairs whose second can't start before the first, with the index of the precedence; and those it starts after."""
    edges: Edges = {}
    pushing: set[tuple[str, str]] = set()
    for n, p in enumerate(known.problem.precedences):
        if not isinstance(p, Precedence) or p.before == p.after or p.min_lag < timedelta(0):
            continue
        first = known.activities.get(p.before)
        takes_time = p.kind == "finish-to-start" and (first is None or first.duration > timedelta(0))
        edges[p.before, p.after] = n
        if takes_time or p.min_lag > timedelta(0):
            pushing.add((p.before, p.after))
    return edges, pushing


def _circle(edges: Edges) -> list[str]:
    """Some circle, its first element again at the end; empty where there is none."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for before, after in edges:
        sorter.add(after, before)
    try:
        sorter.prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []
