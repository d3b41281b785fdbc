"""Whether travel is known between all the places that somebody may go to."""

from collections.abc import Iterator

from scheduler.domain.activity import Activity
from scheduler.domain.consistency.known import Found, Known
from scheduler.domain.resource import Room, Technician
from scheduler.domain.travel import Place


def travel(known: Known) -> Iterator[Found]:
    """A place that a profile can't reach is reported once, where the place or the matrix is given."""
    if "travel" in known.unread:
        return
    problem = known.problem
    for n, technician in enumerate(problem.technicians):
        if isinstance(technician, Technician) and not _served(known, technician.travel_profile):
            message = f"profile {technician.travel_profile!r} has no matrix and great_circle is off; add one of the two"
            yield ("technicians", n, "travel_profile"), message
    places = {place.id: (n, place) for n, place in enumerate(problem.places) if isinstance(place, Place)}
    for profile, used in sorted(_places_by_profile(known).items()):
        matrix = problem.travel.matrices.get(profile)
        for n, place in sorted((places[name] for name in used if name in places), key=lambda pair: pair[0]):
            if matrix is not None and place.id not in matrix.index:
                message = f"lacks place {place.id!r}, where somebody may go; add its row and column"
                yield ("travel", "matrices", profile, "places"), message
            elif matrix is None and (place.latitude is None or place.longitude is None):
                missing = "latitude" if place.latitude is None else "longitude"
                yield ("places", n, missing), f"is needed, because profile {profile!r} has no matrix; give either"


def _served(known: Known, profile: str) -> bool:
    return profile in known.problem.travel.matrices or known.problem.travel.great_circle is not None


def _places_by_profile(known: Known) -> dict[str, set[str]]:
    """Where technicians of each profile may go: wherever there is work, and their own places."""
    problem = known.problem
    technicians = [t for t in problem.technicians if isinstance(t, Technician) and _served(known, t.travel_profile)]
    work = {a.place for a in problem.activities if isinstance(a, Activity) and a.place is not None}
    work |= {r.place for r in problem.rooms if isinstance(r, Room) and r.place is not None}
    used = {t.travel_profile: set(work) for t in technicians}
    for t in technicians:
        used[t.travel_profile] |= {p for p in (t.start_place, t.end_place, t.depot) if p is not None}
    return used
