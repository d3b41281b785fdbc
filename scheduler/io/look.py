"""Colours and coordinates that the pictures share; the palette keeps apart for colour-blind eyes (after Okabe, Ito)."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from scheduler.domain.activity import Activity
from scheduler.domain.problem import Problem
from scheduler.domain.travel import Place

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#E8743B", "#7B5AA6", "#8C8C8C", "#B8A300", "#4D4D4D")
DASHES = ("", "6 3", "2 3")
DARK, LIGHT = "#1b1f24", "#ffffff"


def kind_of(activity: Activity) -> str:
    """What colours an activity: its service type, or else the first skill it asks for."""
    skills = (need.skill for requirement in activity.requirements for need in requirement.skills)
    return activity.service_type or next(skills, "other")


def kinds(problem: Problem) -> dict[str, str]:
    """Colour by kind of activity, in the order of their names."""
    return cycled(sorted({kind_of(activity) for activity in problem.activities}))


def cycled(names: Iterable[str]) -> dict[str, str]:
    return {name: PALETTE[n % len(PALETTE)] for n, name in enumerate(names)}


def ink(colour: str) -> str:
    """Black or white, whichever reads better on the colour."""
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return DARK if (luminance + 0.05) ** 2 > (1.0 + 0.05) * (0.013 + 0.05) else LIGHT


class Projection(NamedTuple):
    """Degrees to points of a picture, true to scale in its middle."""

    west: float
    north: float
    squeeze: float
    scale: float
    width: float
    height: float
    margin: float

    def __call__(self, place: Place) -> tuple[float, float]:
        longitude, latitude = place.longitude or 0.0, place.latitude or 0.0
        x = self.margin + (longitude - self.west) * self.squeeze * self.scale
        return x, self.margin + (self.north - latitude) * self.scale


def projection(places: Iterable[Place], width: float, margin: float, tallest: float) -> Projection:
    """The projection that shows all of the places; not wider or taller than asked for."""
    at = [(p.latitude or 0.0, p.longitude or 0.0) for p in places] or [(0.0, 0.0)]
    north, south = max(a for a, _ in at), min(a for a, _ in at)
    east, west = max(b for _, b in at), min(b for _, b in at)
    squeeze = max(0.01, math.cos(math.radians((north + south) / 2)))
    across, down = max((east - west) * squeeze, 1e-4), max(north - south, 1e-4)
    scale = min((width - 2 * margin) / across, (tallest - 2 * margin) / down)
    spare = (width - 2 * margin - across * scale) / 2
    return Projection(west - spare / scale / squeeze, north, squeeze, scale, width, down * scale + 2 * margin, margin)
