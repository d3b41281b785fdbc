"""Microsoft Graph's calendars, as far as we use them: what each operation does to the mailboxes."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any
from urllib.parse import quote

from tests.sync.backends.graph_double import delta, schedule
from tests.sync.backends.graph_double.answer import Answer, Problem
from tests.sync.backends.graph_double.shape import admitted, attendee, moment, shown, stamp
from tests.sync.backends.graph_double.store import Item, Mailbox

FILTER = re.compile(r"singleValueExtendedProperties/any\(p: p/id eq '([^']+)' and p/value eq '((?:[^']|'')*)'\)$")
EXPAND = re.compile(r"singleValueExtendedProperties\(\$filter=(id eq '[^']+'(?: or id eq '[^']+')*)\)$")
Query = dict[str, str]


class Double:
    """The organisation. `mails` are messages to attendees: what was said, to whom, about what."""

    def __init__(self) -> None:
        self.mailboxes: dict[str, Mailbox] = {}
        self.mails: list[tuple[str, str, str]] = []
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.call: Callable[[dict[str, str], bytes], tuple[int, str]] = lambda query, body: (404, "")
        self.lock = RLock()
        self.url = ""
        self.page = 3
        self.closed_to_us: set[str] = set()
        self._given = 0

    def add_mailbox(self, address: str, *, room: bool = False) -> Mailbox:
        self.mailboxes[address] = Mailbox(address, room=room)
        return self.mailboxes[address]

    def mailbox(self, address: str) -> Mailbox:
        if address not in self.mailboxes:
            raise Problem(404, "ErrorInvalidUser", f"The requested user '{address}' is invalid.")
        if address in self.closed_to_us:
            raise Problem(403, "ErrorAccessDenied", "Access to OData is disabled.")
        return self.mailboxes[address]

    # Events

    def events_get(self, mailbox: Mailbox, query: Query) -> Answer:
        if "$filter" not in query:
            raise Problem(400, "ErrorInvalidRequest", "this double lists by filter alone")
        by = FILTER.match(query["$filter"])
        if by is None:
            raise Problem(400, "ErrorInvalidUrlQueryFilter", query["$filter"])
        id, value = by[1], by[2].replace("''", "'")
        found = [item for item in mailbox.items.values() if item.properties.get(id) == value]
        return self._listed(mailbox, found, query)

    def instances_get(self, mailbox: Mailbox, id: str, query: Query) -> Answer:
        master = self._item(mailbox, id)
        start, end = (datetime.fromisoformat(query[name]) for name in ("startDateTime", "endDateTime"))
        found = [one for one in master.occurrences() if one.overlaps(start, end)]
        return self._listed(mailbox, found, query)

    def _listed(self, mailbox: Mailbox, found: list[Item], query: Query) -> Answer:
        """Page by page; the next link repeats the query."""
        skip, top = int(query.get("$skip", 0)), int(query.get("$top", 10))
        page = [self._shown(mailbox, item, query) for item in found[skip : skip + top]]
        body: dict[str, Any] = {"value": page}
        if len(found) > skip + top:
            more = {**query, "$skip": str(skip + top)}
            path = more.pop("path")
            body["@odata.nextLink"] = f"{self.url}{path}?" + "&".join(f"{k}={quote(v)}" for k, v in more.items())
        return Answer(200, body)

    def _shown(self, mailbox: Mailbox, item: Item, query: Query) -> dict[str, Any]:
        expand = query.get("$expand")
        wanted: list[str] = []
        if expand is not None:
            match = EXPAND.match(expand)
            if match is None:
                raise Problem(400, "ErrorInvalidUrlQuery", f"expand: {expand}")
            wanted = re.findall(r"'([^']+)'", match[1])
        return shown(item, query.get("$select"), wanted, mailbox.address)

    def _item(self, mailbox: Mailbox, id: str, version: str | None = None) -> Item:
        item = mailbox.by_id(id)
        if item is None:
            raise Problem(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        if version is not None and item.etag != version:
            raise Problem(412, "ErrorIrresolvableConflict", "The change key does not match.")
        return item

    def event_get(self, mailbox: Mailbox, id: str, query: Query) -> Answer:
        return Answer(200, self._shown(mailbox, self._item(mailbox, id), query))

    def events_post(self, mailbox: Mailbox, given: dict[str, Any]) -> Answer:
        fields, properties = admitted(given, new=True)
        transaction = given.get("transactionId")
        if transaction in mailbox.transactions:
            raise Problem(409, "ErrorDuplicateTransactionId", "The TransactionId has already been used.")
        start, end = self._span(given.get("start"), given.get("end"))
        id = mailbox.new_id()
        item = Item(id=id, start=start, end=end, fields=fields, properties=properties, transaction=transaction)
        item.ical_uid = f"040000008200E0{id}"
        item.fields["attendees"] = [attendee(one) for one in fields.get("attendees", ())]
        if transaction is not None:
            mailbox.transactions.add(transaction)
        mailbox.created += 1
        return Answer(201, self._written(mailbox, item))

    def event_patch(self, mailbox: Mailbox, id: str, given: dict[str, Any], version: str | None) -> Answer:
        item = self._item(mailbox, id, version)
        fields, properties = admitted(given, new=False)
        start, end = self._span(given.get("start"), given.get("end"), item)
        before = item.fields.get("attendees", [])
        if "attendees" in fields:
            fields["attendees"] = [attendee(one) for one in fields["attendees"]]
        new = replace(item, start=start, end=end)
        new.fields, new.properties = {**item.fields, **fields}, {**item.properties, **properties}
        kept = {one["emailAddress"]["address"] for one in new.fields.get("attendees", [])}
        for one in before:
            if one["emailAddress"]["address"] not in kept:
                self._uninvite(one["emailAddress"]["address"], item)
        if id in mailbox.bin:
            mailbox.bin[id] = replace(new, change=item.change + 1)
            return Answer(200, self._shown(mailbox, mailbox.bin[id], {}))
        return Answer(200, self._written(mailbox, new))

    def event_delete(self, mailbox: Mailbox, id: str, version: str | None) -> Answer:
        item = self._item(mailbox, id, version)
        for one in item.fields.get("attendees", ()):
            self._uninvite(one["emailAddress"]["address"], item)
        if id in mailbox.bin:
            del mailbox.bin[id]
        else:
            mailbox.discard(id)
        return Answer(204)

    def _span(self, start: Any, end: Any, item: Item | None = None) -> tuple[datetime, datetime]:
        first = item.start if item is not None and start is None else moment(start)
        last = item.end if item is not None and end is None else moment(end)
        if last < first:
            raise Problem(400, "ErrorPropertyValidationFailure", "it ends before it starts")
        return first, last

    # Meetings

    def _written(self, mailbox: Mailbox, item: Item) -> dict[str, Any]:
        for one in item.fields.get("attendees", ()):
            self._invite(mailbox, one, item)
        return self._shown(mailbox, mailbox.put(item), {})

    def _invite(self, mailbox: Mailbox, one: dict[str, Any], item: Item) -> None:
        """A mail to each; a room that is invited as a resource decides at once."""
        address = one["emailAddress"]["address"]
        self.mails.append(("request", address, item.fields.get("subject") or ""))
        there = self.mailboxes.get(address)
        if there is None or not there.room or one["type"] != "resource":
            return
        free = there.free(item.start, item.end, but=item.ical_uid)
        one["status"] = {"response": "accepted" if free else "declined", "time": stamp(datetime.now(UTC))}
        self._take_off(there, item)
        if free:
            shared = {"showAs": "busy", "organizer": mailbox.address, "subject": item.fields.get("subject")}
            there.put(Item(id=there.new_id(), start=item.start, end=item.end, fields=shared, ical_uid=item.ical_uid))

    def _uninvite(self, address: str, item: Item) -> None:
        self.mails.append(("cancel", address, item.fields.get("subject") or ""))
        if address in self.mailboxes:
            self._take_off(self.mailboxes[address], item)

    def _take_off(self, there: Mailbox, item: Item) -> None:
        for id in [one.id for one in there.items.values() if one.ical_uid == item.ical_uid]:
            there.discard(id)

    # All else

    def delta_get(self, mailbox: Mailbox, query: Query) -> Answer:
        return delta.answer(self, mailbox, query)

    def get_schedule_post(self, given: dict[str, Any]) -> Answer:
        return schedule.answer(self, given)

    def rooms_get(self) -> Answer:
        rooms = [m for m in self.mailboxes.values() if m.room]
        value = [{"id": m.address, "emailAddress": m.address, "displayName": "Hall", "capacity": 8} for m in rooms]
        return Answer(200, {"value": value})

    def subscriptions_get(self) -> Answer:
        return Answer(200, {"value": [self._listed_subscription(s) for s in self.subscriptions.values()]})

    @staticmethod
    def _listed_subscription(given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "clientState": None, "resource": given["resource"].lstrip("/")}

    def subscriptions_post(self, given: dict[str, Any]) -> Answer:
        self._check_subscription(given)
        if self.call({"validationToken": "Validate: a b&c"}, b"") != (200, "Validate: a b&c"):
            raise Problem(400, "ValidationError", "Subscription validation request failed.")
        self._given += 1
        made = {**given, "id": f"s-{self._given}"}
        self.subscriptions[made["id"]] = made
        return Answer(201, made)

    def _check_subscription(self, given: dict[str, Any]) -> None:
        if not given["notificationUrl"].startswith("https://") or not given.get("lifecycleNotificationUrl"):
            raise Problem(400, "InvalidRequest", "notifications go to https, and lifecycle notifications too")
        if len(given.get("clientState") or "") > 128:
            raise Problem(400, "InvalidRequest", "clientState is too long")
        self._check_end(given["expirationDateTime"])

    def _check_end(self, given: str) -> None:
        ends = datetime.fromisoformat(given)
        if not timedelta(0) < ends - self.now() <= timedelta(days=7):
            raise Problem(400, "ExtensionError", "Subscription expiration can only be 10070 minutes in the future.")

    now: Callable[[], datetime] = staticmethod(lambda: datetime.now(UTC))

    def _subscription(self, id: str) -> dict[str, Any]:
        if id not in self.subscriptions:
            raise Problem(404, "ResourceNotFound", "The object was not found.")
        return self.subscriptions[id]

    def subscription_patch(self, id: str, given: dict[str, Any]) -> Answer:
        standing = self._subscription(id)
        self._check_end(given["expirationDateTime"])
        standing.update(given)
        return Answer(200, standing)

    def subscription_delete(self, id: str) -> Answer:
        self._subscription(id)
        del self.subscriptions[id]
        return Answer(204)
