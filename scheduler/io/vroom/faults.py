"""What a VROOM request asks for that the domain has no word for, or that contradicts itself."""

from collections.abc import Iterator
from typing import Any

from scheduler.domain.errors import Fault
from scheduler.io.vroom.request import Job, Request, Vehicle
from scheduler.io.vroom.words import BREAK, COSTS, JOB, MATRIX, REQUEST, VEHICLE, unknown

ONE_DAY = 86_400


def without_a_word(given: dict[str, Any]) -> Iterator[Fault]:
    """Keys that have no word, everywhere in the request."""
    yield from unknown(given, REQUEST, "")
    for n, vehicle in enumerate(_objects(given.get("vehicles"))):
        path = f"vehicles[{n}]"
        yield from unknown(vehicle, VEHICLE, path)
        yield from unknown(vehicle["costs"] if isinstance(vehicle.get("costs"), dict) else {}, COSTS, f"{path}.costs")
        for k, pause in enumerate(_objects(vehicle.get("breaks"))):
            yield from unknown(pause, BREAK, f"{path}.breaks[{k}]")
    for n, job in enumerate(_objects(given.get("jobs"))):
        yield from unknown(job, JOB, f"jobs[{n}]")
    matrices = given.get("matrices")
    for profile, tables in (matrices if isinstance(matrices, dict) else {}).items():
        yield from unknown(tables if isinstance(tables, dict) else {}, MATRIX, f"matrices.{profile}")


def _objects(given: Any) -> list[dict[str, Any]]:
    return [item if isinstance(item, dict) else {} for item in given] if isinstance(given, list) else []


def contradictions(request: Request) -> Iterator[Fault]:
    """What every word is known of, and what still can't be said in the domain."""
    for n, vehicle in enumerate(request.vehicles):
        yield from _vehicle(request, vehicle, f"vehicles[{n}]")
    for n, job in enumerate(request.jobs):
        yield from _job(request, job, f"jobs[{n}]")
    for profile, tables in request.tables.items():
        if tables.durations is None:
            yield Fault(f"matrices.{profile}.durations", "is missing")
    if len({vehicle.costs.per_hour for vehicle in request.vehicles}) > 1:
        yield Fault("vehicles", "prices of an hour of travel that differ by vehicle have no word here; give one price")
    if _both_ways(request):
        yield Fault("jobs", "deliveries and pickups in the same amount have no word here; keep one of the two")


def _vehicle(request: Request, vehicle: Vehicle, path: str) -> Iterator[Fault]:
    for end in ("start", "end"):
        yield from _location(
            request, getattr(vehicle, end), getattr(vehicle, f"{end}_index"), f"{path}.{end}", vehicle.profile
        )
    window = vehicle.time_window
    if window is not None and window[0] >= window[1]:
        yield Fault(f"{path}.time_window", "does not end after its start; swap or fix")
    for n, pause in enumerate(vehicle.breaks):
        at = f"{path}.breaks[{n}]"
        if len(pause.time_windows) != 1:
            yield Fault(f"{at}.time_windows", f"a break has exactly one window here, not {len(pause.time_windows)}")
            continue
        first, last = pause.time_windows[0]
        if first > last or last - first + pause.service > ONE_DAY or first == last + pause.service:
            yield Fault(f"{at}.time_windows[0]", "must end after its start and span a day at most")
        if window is None or window[1] - window[0] > ONE_DAY:
            yield Fault(at, "a break needs a vehicle with a time_window of a day at most, or it would come every day")


def _job(request: Request, job: Job, path: str) -> Iterator[Fault]:
    if job.location is None and job.location_index is None:
        yield Fault(f"{path}.location", "is missing; give location or location_index")
    for profile in sorted({vehicle.profile for vehicle in request.vehicles}):
        yield from _location(request, job.location, job.location_index, f"{path}.location", profile)
    for n, window in enumerate(job.time_windows):
        if window[0] >= window[1]:
            yield Fault(f"{path}.time_windows[{n}]", "is empty or ends before its start; give it some length")
    if job.setup and not _alone(request, job):
        yield Fault(f"{path}.setup", "a setup that neighbours at one place share has no word here; add it to service")


def _location(request: Request, location: object, index: int | None, path: str, profile: str) -> Iterator[Fault]:
    tables = request.tables.get(profile)
    if tables is not None and tables.durations is not None:
        if index is None and location is not None:
            yield Fault(path, f"profile {profile!r} has a matrix; give an index into it")
        elif index is not None and index >= len(tables.durations):
            yield Fault(f"{path}_index", f"is {index}, but the matrix {profile!r} has {len(tables.durations)} rows")
    elif index is not None and location is None:
        yield Fault(path, f"profile {profile!r} has no matrix; give the location's coordinates")


def _alone(request: Request, job: Job) -> bool:
    spots = [(other.location, other.location_index) for other in request.jobs]
    spots += [(vehicle.start, vehicle.start_index) for vehicle in request.vehicles]
    return spots.count((job.location, job.location_index)) == 1


def _both_ways(request: Request) -> bool:
    limited = max((len(vehicle.capacity) for vehicle in request.vehicles), default=0)
    delivered = {n for job in request.jobs for n, amount in enumerate(job.delivery[:limited]) if amount}
    picked_up = {n for job in request.jobs for n, amount in enumerate(job.pickup[:limited]) if amount}
    return bool(delivered & picked_up)
