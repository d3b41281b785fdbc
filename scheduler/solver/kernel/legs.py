"""One leg: ticks and cost, from a table or along the great circle."""

from math import asin, ceil, sqrt

import numpy as np

from scheduler.solver.kernel.jit import compiled, inlined

LATITUDE, LONGITUDE, SIN_LAT, COS_LAT, SIN_LON, COS_LON, CROSS = range(7)
"""Columns of the globe: radians, sine and cosine of half of each, and the cosine of the whole latitude."""
LOW = 30
"""Bits of a way's ticks in `ticks`, where `high` holds the others."""


@inlined
def leg(arrays, kind, a, b):
    """Ticks and cost of the way between two places for a travel class; nothing where either is nowhere."""
    if arrays.ticks.shape[0] == 0:
        return _along_circle(arrays, kind, a, b)
    return _with_cost(arrays, kind, arrays.ticks[kind, a, b], a, b)


@inlined
def leg_to(arrays, kind, here, a):
    """The way from `a` to `here`, as `leg`: faster where one place is asked about from many."""
    if arrays.back.shape[0] == 0:
        return _along_circle(arrays, kind, a, here)
    return _with_cost(arrays, kind, arrays.back[kind, here, a], a, here)


@inlined
def _with_cost(arrays, kind, ticks, a, b):
    """Ticks of a way, and what they cost: a rate where all cost the same, otherwise what a table says."""
    whole = np.int64(ticks)
    if arrays.high.shape[0] > 0:
        whole += np.int64(arrays.high[kind, a, b]) << LOW
    return whole, arrays.legs[kind, a, b] if arrays.legs.shape[0] > 0 else whole * arrays.circle[kind, 4]


@compiled
def _along_circle(arrays, kind, a, b):
    metres = _metres(arrays, kind, a, b)
    ticks = _ticks(arrays, kind, metres)
    return ticks, ticks * arrays.circle[kind, 4] + metres * arrays.circle[kind, 5]


@compiled
def _metres(arrays, kind, a, b):
    """By haversines: sin((x - y) / 2) is taken apart into what is known of each place."""
    globe = arrays.globe
    nowhere = globe.shape[0] - 1
    if a in (nowhere, b) or b == nowhere:
        return 0.0
    north = globe[b, SIN_LAT] * globe[a, COS_LAT] - globe[b, COS_LAT] * globe[a, SIN_LAT]
    east = globe[b, SIN_LON] * globe[a, COS_LON] - globe[b, COS_LON] * globe[a, SIN_LON]
    chord = north * north + globe[a, CROSS] * globe[b, CROSS] * (east * east)
    return arrays.circle[kind, 0] * asin(sqrt(min(1.0, chord)))


@compiled
def _ticks(arrays, kind, metres):
    """As `Travel.leg` rounds: up to whole steps of the great circle, then up to ticks."""
    steps = np.int64(ceil(np.rint(metres * arrays.circle[kind, 1] * 1e6) / 1e6))
    tick = np.int64(arrays.circle[kind, 3])
    return -((-steps * np.int64(arrays.circle[kind, 2])) // tick)
