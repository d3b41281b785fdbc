"""One leg: ticks and cost, from a table or along the great circle."""

from math import asin, ceil, cos, sin, sqrt

import numpy as np

from scheduler.solver.kernel.jit import compiled


@compiled
def leg_ticks(arrays, kind, a, b):
    """Ticks between two places for a travel class; 0 where either is nowhere."""
    if arrays.ticks.shape[0] > 0:
        return np.int64(arrays.ticks[kind, a, b])
    return _ticks(arrays, kind, _metres(arrays, kind, a, b))


@compiled
def leg_cost(arrays, kind, a, b):
    """Cost of the leg."""
    if arrays.ticks.shape[0] > 0:
        return arrays.legs[kind, a, b]
    metres = _metres(arrays, kind, a, b)
    return _ticks(arrays, kind, metres) * arrays.circle[kind, 4] + metres * arrays.circle[kind, 5]


@compiled
def _metres(arrays, kind, a, b):
    nowhere = arrays.radians.shape[0] - 1
    if a in (nowhere, b) or b == nowhere:
        return 0.0
    half = sin((arrays.radians[b, 0] - arrays.radians[a, 0]) / 2) ** 2
    chord = half + cos(arrays.radians[a, 0]) * cos(arrays.radians[b, 0]) * (
        sin((arrays.radians[b, 1] - arrays.radians[a, 1]) / 2) ** 2
    )
    return arrays.circle[kind, 0] * asin(sqrt(min(1.0, chord)))


@compiled
def _ticks(arrays, kind, metres):
    """As `Travel.leg` rounds: up to whole seconds, then for the speed, then up to ticks."""
    seconds = ceil(round(metres * arrays.circle[kind, 1], 6))
    micros = np.int64(round(seconds * 1e6 / arrays.circle[kind, 2]))
    tick = np.int64(arrays.circle[kind, 3])
    return -((-micros) // tick)
