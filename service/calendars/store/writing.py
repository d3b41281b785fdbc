"""Write what sync keeps of one tenant, inside one transaction. A write locks its mailboxes first, in their order."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from scheduler.sync.link import Box, Cursor, Intent
from scheduler.sync.proposal import Decision, Proposal
from scheduler.sync.store.port import Batch, Told
from service.calendars.store.reading import Reading
from service.tables import (
    Base,
    BoxRow,
    ClashRow,
    ConnectionRow,
    ForeignRow,
    IntentRow,
    LinkRow,
    ProposalRow,
    SeenAnswerRow,
    SyncOfficeRow,
    ToldRow,
)

CONNECTIONS = Base.metadata.tables[ConnectionRow.__tablename__]
"""Its own state is no new version of a connection."""
EMPTY = Cursor().model_dump_json()


class Writing(Reading):
    # The outbox

    def office(self) -> SyncOfficeRow:
        """The tenant's row, made where there is none, and locked."""
        self._upsert(SyncOfficeRow, [{"tenant": self.tenant, "secret": token_hex(32), "revision": 0}], keep=True)
        asked = select(SyncOfficeRow).where(SyncOfficeRow.tenant == self.tenant).with_for_update()
        return self.session.scalars(asked, execution_options={"populate_existing": True}).one()

    def publish(self, intents: Sequence[Intent]) -> int:
        """Put the intents into the outbox under a new revision; their mailboxes are due at once."""
        office = self.office()
        office.revision += 1
        self.session.flush()
        boxes = {intent.box for intent in intents}
        self.lock(boxes)
        self._put_intents(intent.model_copy(update={"revision": office.revision}) for intent in intents)
        self.wake(boxes, datetime.now(UTC))
        return office.revision

    # Mailboxes

    def lock(self, boxes: Iterable[Box]) -> None:
        """Nobody else writes them until this transaction ends; those that are new are made."""
        now, ordered = datetime.now(UTC), sorted(set(boxes))
        new = {"cursor": EMPTY, "owner": None, "until": None, "due_at": now, "read_at": None, "renew": False}
        self._upsert(BoxRow, [{**self._named(box), **new} for box in ordered], keep=True)
        for box in ordered:
            self.session.execute(select(BoxRow.cursor).where(*self.of(BoxRow, box)).with_for_update())

    def lease(self, box: Box, owner: str, now: datetime, length: timedelta) -> bool:
        """Whether the mailbox is the owner's now."""
        self.lock([box])
        free = or_(BoxRow.owner.is_(None), BoxRow.until <= now)
        return self._changed(update(BoxRow).where(*self.of(BoxRow, box), free), owner=owner, until=now + length)

    def extend(self, box: Box, owner: str, until: datetime) -> bool:
        """Whether the mailbox is still the owner's."""
        return self._changed(update(BoxRow).where(*self.of(BoxRow, box), BoxRow.owner == owner), until=until)

    def release(self, box: Box, owner: str) -> None:
        self._changed(update(BoxRow).where(*self.of(BoxRow, box), BoxRow.owner == owner), owner=None)

    def seize(self, box: Box) -> None:
        """Take the mailbox from whoever holds it, for a person doesn't wait for a machine: it can write no more."""
        self.lock([box])
        self._changed(update(BoxRow).where(*self.of(BoxRow, box)), owner=None)

    def wake(self, boxes: Iterable[Box], now: datetime) -> None:
        """Let the mailboxes be visited at once, if they may."""
        for box in sorted(set(boxes)):
            self._changed(update(BoxRow).where(*self.of(BoxRow, box), BoxRow.due_at > now), due_at=now)

    def put_off(self, box: Box, until: datetime) -> None:
        """Let the mailbox be visited then."""
        self._changed(update(BoxRow).where(*self.of(BoxRow, box)), due_at=until)

    def was_read(self, box: Box, at: datetime) -> None:
        self._changed(update(BoxRow).where(*self.of(BoxRow, box)), read_at=at)

    def renew(self, box: Box, needed: bool) -> None:
        """Whether its subscription to notifications must be seen to."""
        self._changed(update(BoxRow).where(*self.of(BoxRow, box)), renew=needed)

    # Subscriptions to notifications

    def claim_subscriptions(self, connection: str, now: datetime, until: datetime) -> bool:
        """Whether the connection's subscriptions are to be seen to, and by whoever asks."""
        of = CONNECTIONS.c
        due = or_(of.subscribed_until.is_(None), of.subscribed_until <= now)
        mine = (of.tenant == self.tenant, of.id == connection, due)
        return self._changed(update(CONNECTIONS).where(*mine), subscribed_until=until)

    def subscribe_again(self, connection: str, at: datetime) -> None:
        of = CONNECTIONS.c
        mine = (of.tenant == self.tenant, of.id == connection)
        self._changed(update(CONNECTIONS).where(*mine), subscribed_until=at)

    # What was done and seen

    def keep(self, box: Box, batch: Batch) -> None:
        """All of the batch. The mailbox is locked."""
        self._put(LinkRow, [(link.box, {"key": str(link.key)}, link.model_dump_json()) for link in batch.links])
        self._drop(batch.done)
        for intent in batch.refused:
            same = (*self.of(IntentRow, intent.box), IntentRow.key == str(intent.key))
            found = update(IntentRow).where(*same, IntentRow.revision == intent.revision)
            self._changed(found, value=intent.model_dump_json())
        self._put_intents(batch.wanted)
        self.put_proposals(batch.proposals)
        clashes = [{"tenant": self.tenant, "value": clash.model_dump_json()} for clash in batch.clashes]
        if clashes:
            self.session.execute(self._insert(ClashRow), clashes)
        self._keep_foreign(box, batch)
        self._upsert(SeenAnswerRow, [{**self._named(box), "id": id} for id in dict.fromkeys(batch.answers)], keep=True)
        if batch.cursor is not None:
            self._changed(update(BoxRow).where(*self.of(BoxRow, box)), cursor=batch.cursor.model_dump_json())

    def _keep_foreign(self, box: Box, batch: Batch) -> None:
        mine = self.of(ForeignRow, box)
        if batch.fresh:
            self.session.execute(delete(ForeignRow).where(*mine))
        for id in batch.gone:
            self.session.execute(delete(ForeignRow).where(*mine, or_(ForeignRow.id == id, ForeignRow.series == id)))
        found = {event.remote_id: event for event in batch.foreign}.values()
        more = [{"id": event.remote_id, "series": event.series, "starts_at": event.start} for event in found]
        self._put(ForeignRow, [(box, m, e.model_dump_json()) for m, e in zip(more, found, strict=True)])

    # Questions

    def put_proposals(self, proposals: Iterable[Proposal]) -> None:
        """An open question does not replace the answer to the same question: it was read before that was given."""
        for proposal in proposals:
            known = self.proposal(proposal.id) if proposal.decision is Decision.OPEN else None
            if known is not None and proposal.answered_by(known):
                continue
            row = {**self._named(proposal.box), "id": proposal.id, "at": proposal.at, "taken": proposal.taken}
            self._upsert(ProposalRow, [{**row, "value": proposal.model_dump_json()}])

    def decide(self, id: str, decision: Decision, reason: str) -> Proposal:
        """Raises KeyError when there is no such open proposal."""
        known = self.proposal(id)
        if known is not None:
            self.lock([known.box])
            known = self.proposal(id)
        if known is None or known.taken or known.decision is not Decision.OPEN:
            raise KeyError(id)
        decided = known.decided(decision, reason)
        self.put_proposals([decided])
        return decided

    def take(self, ids: Sequence[str]) -> None:
        found = [proposal for proposal in map(self.proposal, ids) if proposal is not None]
        self.lock(proposal.box for proposal in found)
        for proposal in filter(None, map(self.proposal, ids)):
            if proposal.decision is Decision.OPEN:
                continue
            if proposal.holds:
                pending = (*self.of(IntentRow, proposal.box), IntentRow.key == str(proposal.key))
                self.session.execute(delete(IntentRow).where(*pending))
            self.put_proposals([proposal.model_copy(update={"taken": True})])

    def tell(self, person: str, told: Told) -> None:
        events = json.dumps({key: event.model_dump(mode="json") for key, event in told.events.items()})
        self._upsert(ToldRow, [{"tenant": self.tenant, "person": person, "events": events}])

    # Rows

    def _put_intents(self, intents: Iterable[Intent]) -> None:
        """Unless an intent of that or a newer revision is there."""
        newest = {(intent.box, intent.key): intent for intent in sorted(intents, key=lambda one: one.revision)}
        found = [newest[key] for key in sorted(newest)]
        self.lock(intent.box for intent in found)
        more = ({"key": str(intent.key), "revision": intent.revision} for intent in found)
        self._put(IntentRow, [(i.box, m, i.model_dump_json()) for i, m in zip(found, more, strict=True)], newer=True)

    def _drop(self, done: Iterable[Intent]) -> None:
        for intent in done:
            known = (*self.of(IntentRow, intent.box), IntentRow.key == str(intent.key))
            self.session.execute(delete(IntentRow).where(*known, IntentRow.revision <= intent.revision))

    def _put(self, row: type[Base], found: Sequence[tuple[Box, Mapping[str, Any], str]], newer: bool = False) -> None:
        self._upsert(row, [{**self._named(box), **more, "value": value} for box, more, value in found], newer=newer)

    def _named(self, box: Box) -> dict[str, Any]:
        return {"tenant": self.tenant, "connection": box.connection, "mailbox": box.mailbox}

    def _upsert(
        self, row: type[Base], values: Sequence[dict[str, Any]], *, keep: bool = False, newer: bool = False
    ) -> None:
        """Insert the rows. What is there is replaced, kept, or replaced only by a newer revision."""
        if not values:
            return
        statement, names = self._insert(row), [column.name for column in row.__table__.primary_key]
        if keep:
            made = statement.on_conflict_do_nothing()
        else:
            others = {name: statement.excluded[name] for name in values[0] if name not in names}
            where = statement.excluded["revision"] > row.__table__.c.revision if newer else None
            made = statement.on_conflict_do_update(index_elements=names, set_=others, where=where)
        self.session.execute(made, values)

    def _insert(self, row: type[Base]) -> Any:
        kind = sqlite.insert if self.session.get_bind().dialect.name == "sqlite" else postgresql.insert
        return kind(row)

    def _changed(self, statement: Any, **values: Any) -> bool:
        done = self.session.execute(statement.values(**values), execution_options={"synchronize_session": False})
        assert isinstance(done, CursorResult)
        return done.rowcount > 0
