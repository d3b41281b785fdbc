"""What of the standing plan stays exactly as it is: what has happened, and what the freeze keeps."""

from collections.abc import Mapping
from datetime import timedelta

from scheduler.domain.activity import Activity, ActivityStatus
from scheduler.domain.plan import Booking, BookingKey
from scheduler.domain.problem import Problem

STARTED = (ActivityStatus.IN_PROGRESS, ActivityStatus.COMPLETED)


def held_bookings(problem: Problem) -> Mapping[BookingKey, Booking]:
    """Bookings that nobody may move: of activities in progress or completed (at their actual times), and those of the
    standing plan that start before `freeze_until`."""
    if problem.standing is None:
        return {}
    held: dict[BookingKey, Booking] = {}
    for name, bookings in problem.standing.by_activity.items():
        activity = problem.activity[name]
        if activity.status in STARTED:
            held |= {b.key: _as_it_happened(activity, b, bookings[0]) for b in bookings}
        elif activity.status is not ActivityStatus.CANCELLED and problem.freeze_until is not None:
            held |= {b.key: b for b in bookings if b.start < problem.freeze_until}
    return held


def open_activities(problem: Problem) -> tuple[Activity, ...]:
    """The activities that a plan speaks of: not cancelled, and not begun without a booking that stands."""
    standing = problem.standing.by_activity if problem.standing else {}
    return tuple(
        a
        for a in problem.activities
        if a.status is not ActivityStatus.CANCELLED and (a.status not in STARTED or a.id in standing)
    )


def _as_it_happened(activity: Activity, booking: Booking, first: Booking) -> Booking:
    late = activity.actual_start - first.start if activity.actual_start else timedelta(0)
    start, end = booking.start + late, booking.end + late
    if activity.actual_end is not None:
        end = max(start, activity.actual_end)
    return booking.model_copy(update={"start": start, "end": end})
