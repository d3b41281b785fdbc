"""An office for tests: mailboxes on one backend, a clock that is set by hand, wishes put straight into the outbox."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from scheduler.domain.plan import Booking, Plan
from scheduler.domain.verdict import Verdict, Violation
from scheduler.sync.cycle import Connection, Office, Report, run
from scheduler.sync.event import Event, EventKey, uid_of
from scheduler.sync.guard import Limits
from scheduler.sync.inbound.judging import Policy
from scheduler.sync.link import Box, Intent, Link
from scheduler.sync.port import Backend
from scheduler.sync.push import outbox
from scheduler.sync.store.port import Store

NOW = datetime(2027, 3, 15, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NAME = "office"
SECRET = b"secret of the tests"


def key(activity: str) -> EventKey:
    return EventKey(activity, "technician", 0)


def an_event(activity: str, start: datetime, **more: object) -> Event:
    given = {"summary": f"Lift {activity}", "location": "Kyiv", "description": "Ring twice.", "end": start + HOUR}
    return Event.model_validate({"uid": uid_of(key(activity), SECRET), "start": start, **given, **more})


class World:
    """What is planned and where; `publish` and `cycle` are what the service does."""

    def __init__(
        self,
        backend: Backend,
        store: Store,
        *,
        policy: Policy | None = None,
        forbidden: Iterable[datetime] = (),
        workers: int = 1,
    ) -> None:
        self.backend, self.store, self.policy, self.workers = backend, store, policy or Policy(), workers
        self.limits = Limits()
        self.time = NOW
        self.planned: dict[tuple[str, str], Event] = {}
        self.forbidden = set(forbidden)

    def want(self, mailbox: str, activity: str, start: datetime | None, **more: object) -> None:
        """Plan the activity there; None takes it out of the plan."""
        if start is None:
            self.planned.pop((mailbox, activity), None)
        else:
            self.planned[mailbox, activity] = an_event(activity, start, **more)

    @property
    def plan(self) -> Plan:
        return Plan(
            bookings=tuple(
                Booking(activity=a, requirement="technician", resource=mailbox, start=event.start, end=event.end)
                for (mailbox, a), event in sorted(self.planned.items())
            )
        )

    def judge(self, plan: Plan) -> Verdict:
        """Bookings last an hour and begin at no forbidden moment."""
        return Verdict(
            violations=tuple(
                Violation(rule="hours", bookings=(b.key,), text=f"{b.activity} must not be then")
                for b in plan.bookings
                if b.start in self.forbidden or b.length != HOUR
            )
        )

    def wishes(self) -> list[Intent]:
        wanted = [
            Intent(connection=NAME, mailbox=mailbox, key=key(a), uid=event.uid, event=event)
            for (mailbox, a), event in self.planned.items()
        ]
        return outbox(wanted, self.store, lambda box, key, event: True, self.time)

    def publish(self) -> list[Intent]:
        intents = self.wishes()
        if intents:
            self.store.publish(intents)
        return intents

    def office(self) -> Office:
        connection = Connection(self.backend, self.policy, self.limits)
        return Office(
            {NAME: connection}, self.store, self.plan, self.judge, NOW + 30 * DAY, lambda: self.time, self.wait
        )

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def cycle(self, **more: object) -> Report:
        return run(self.office(), workers=self.workers, **more)  # type: ignore[arg-type]

    def link(self, mailbox: str, activity: str) -> Link:
        return self.store.links(Box(NAME, mailbox))[key(activity)]
