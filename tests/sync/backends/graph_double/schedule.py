"""getSchedule."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.sync.backends.graph_double.answer import Answer, Problem
from tests.sync.backends.graph_double.shape import moment, zoned

if TYPE_CHECKING:
    from tests.sync.backends.graph_double.graph import Double


def answer(double: "Double", given: dict[str, Any]) -> Answer:
    start, end = moment(given["StartTime"]), moment(given["EndTime"])
    if len(given["Schedules"]) > 20 or end - start > timedelta(days=62):
        raise Problem(400, "ErrorInvalidTimeInterval", "too many mailboxes or too long")
    return Answer(200, {"value": [_of(double, address, start, end) for address in given["Schedules"]]})


def _of(double: "Double", address: str, start: Any, end: Any) -> dict[str, Any]:
    mailbox = double.mailboxes.get(address)
    if mailbox is None:
        error = {"message": "The mailbox is unknown.", "responseCode": "ErrorMailRecipientNotFound"}
        return {"scheduleId": address, "error": error}
    items = [
        {
            "status": item.fields.get("showAs", "busy"),
            "subject": item.fields.get("subject") or "",
            "isPrivate": item.fields.get("sensitivity") == "private",
            "start": zoned(one.start),
            "end": zoned(one.end),
        }
        for item in mailbox.items.values()
        for one in item.occurrences()
        if one.overlaps(start, end)
    ]
    return {"scheduleId": address, "availabilityView": "0", "scheduleItems": items}
