"""Sizes, ids that are used twice, and the problem's own moments."""

from collections.abc import Iterator

from scheduler.domain.base import LONGEST
from scheduler.domain.consistency.known import Found, Known

MAX_ACTIVITIES = 50_000
MAX_RESOURCES = 10_000
MAX_PLACES_IN_MATRIX = 6_000
MAX_HORIZON = LONGEST
YEARS = range(1900, 2200)


def sizes(known: Known) -> Iterator[Found]:
    problem = known.problem
    if (count := len(problem.activities)) > MAX_ACTIVITIES:
        yield ("activities",), f"{count} activities; at most {MAX_ACTIVITIES} are planned at once, split them"
    if (count := len(problem.technicians) + len(problem.rooms)) > MAX_RESOURCES:
        yield (
            ("technicians",),
            f"{count} technicians and rooms; at most {MAX_RESOURCES} are planned at once, split them",
        )
    if "travel" not in known.unread:
        for name, matrix in problem.travel.matrices.items():
            if (count := len(matrix.places)) > MAX_PLACES_IN_MATRIX:
                path = ("travel", "matrices", name)
                yield path, f"has {count} places; at most {MAX_PLACES_IN_MATRIX}, leave out those that nobody visits"


def doubles(known: Known) -> Iterator[Found]:
    """Technicians and rooms share their ids, because bookings name either."""
    for fields in (("places",), ("technicians", "rooms"), ("activities",)):
        seen = {""}  # of an element whose id can't be read
        for field in fields:
            for n, item in enumerate(getattr(known.problem, field)):
                if item.id in seen and item.id:
                    yield (field, n, "id"), f"{item.id!r} is used twice; give each its own id"
                seen.add(item.id)


def times(known: Known) -> Iterator[Found]:
    if "horizon" in known.unread:
        return
    horizon = known.problem.horizon
    if horizon.length > MAX_HORIZON:
        yield (
            ("horizon",),
            f"lasts {horizon.length.days} days; at most {MAX_HORIZON.days} are planned at once, split it",
        )
    for name in ("start", "end"):
        if (year := getattr(horizon, name).year) not in YEARS:
            yield ("horizon", name), f"is in the year {year}; correct it to lie in {YEARS[0]} to {YEARS[-1]}"
    for name in ("now", "freeze_until"):
        moment = getattr(known.problem, name)
        if moment is not None and moment >= horizon.end:
            yield (name,), f"{moment.isoformat()} is not before the horizon's end; extend the horizon or correct it"
