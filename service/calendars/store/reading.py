"""Read what sync keeps of one tenant, inside one transaction."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from scheduler.sync.event import Event, EventKey
from scheduler.sync.link import Box, Cursor, Foreign, Intent, Link
from scheduler.sync.proposal import Clash, Proposal
from scheduler.sync.store.port import Told
from service.tables import (
    BoxRow,
    ClashRow,
    ForeignRow,
    IntentRow,
    LinkRow,
    ProposalRow,
    SeenAnswerRow,
    SyncOfficeRow,
    ToldRow,
)

AT_ONCE = 500


@dataclass(frozen=True)
class Reading:
    session: Session
    tenant: str

    def revision(self) -> int:
        return self.session.scalar(select(SyncOfficeRow.revision).where(SyncOfficeRow.tenant == self.tenant)) or 0

    def boxes(self) -> tuple[Box, ...]:
        asked = select(BoxRow.connection, BoxRow.mailbox).where(BoxRow.tenant == self.tenant)
        return tuple(Box(*row) for row in self.session.execute(asked.order_by(BoxRow.connection, BoxRow.mailbox)))

    def due(self, now: datetime) -> tuple[Box, ...]:
        """Mailboxes that are to be visited, and that nobody holds."""
        free = BoxRow.owner.is_(None) | (BoxRow.until <= now)
        asked = select(BoxRow.connection, BoxRow.mailbox).where(BoxRow.tenant == self.tenant, BoxRow.due_at <= now)
        return tuple(Box(*row) for row in self.session.execute(asked.where(free).order_by(BoxRow.due_at)))

    def renewing(self, connection: str) -> list[str]:
        """Mailboxes whose subscriptions to notifications must be seen to."""
        asked = select(BoxRow.mailbox).where(BoxRow.tenant == self.tenant, BoxRow.connection == connection)
        return list(self.session.scalars(asked.where(BoxRow.renew).order_by(BoxRow.mailbox)))

    def links(self, box: Box) -> Mapping[EventKey, Link]:
        found = map(Link.model_validate_json, self._values(LinkRow.value, *self.of(LinkRow, box)))
        return {link.key: link for link in found}

    def intents(self, box: Box) -> Mapping[EventKey, Intent]:
        found = map(Intent.model_validate_json, self._values(IntentRow.value, *self.of(IntentRow, box)))
        return {intent.key: intent for intent in found}

    def cursor(self, box: Box) -> Cursor:
        found = self.session.scalar(select(BoxRow.cursor).where(*self.of(BoxRow, box)))
        return Cursor() if found is None else Cursor.model_validate_json(found)

    def foreign(self, box: Box) -> tuple[Foreign, ...]:
        asked = select(ForeignRow.value).where(*self.of(ForeignRow, box)).order_by(ForeignRow.starts_at, ForeignRow.id)
        return tuple(map(Foreign.model_validate_json, self.session.scalars(asked)))

    def answered(self, box: Box, ids: Sequence[str]) -> frozenset[str]:
        found: set[str] = set()
        for n in range(0, len(ids), AT_ONCE):
            some = SeenAnswerRow.id.in_(ids[n : n + AT_ONCE])
            found |= set(self._values(SeenAnswerRow.id, *self.of(SeenAnswerRow, box), some))
        return frozenset(found)

    def proposals(self) -> tuple[Proposal, ...]:
        asked = select(ProposalRow.value).where(ProposalRow.tenant == self.tenant, ~ProposalRow.taken)
        found = self.session.scalars(asked.order_by(ProposalRow.at, ProposalRow.id))
        return tuple(map(Proposal.model_validate_json, found))

    def proposals_of(self, box: Box) -> Mapping[str, Proposal]:
        found = self._values(ProposalRow.value, *self.of(ProposalRow, box), ~ProposalRow.taken)
        return {proposal.id: proposal for proposal in map(Proposal.model_validate_json, found)}

    def proposal(self, id: str) -> Proposal | None:
        """Taken or not."""
        mine = (ProposalRow.tenant == self.tenant, ProposalRow.id == id)
        found = self.session.scalar(select(ProposalRow.value).where(*mine))
        return None if found is None else Proposal.model_validate_json(found)

    def clashes(self) -> tuple[Clash, ...]:
        asked = select(ClashRow.value).where(ClashRow.tenant == self.tenant).order_by(ClashRow.id)
        return tuple(map(Clash.model_validate_json, self.session.scalars(asked)))

    def told(self, person: str) -> Told:
        mine = (ToldRow.tenant == self.tenant, ToldRow.person == person)
        events = json.loads(self.session.scalar(select(ToldRow.events).where(*mine)) or "{}")
        return Told({key: Event.model_validate(event) for key, event in events.items()})

    def of(self, row: type[Any], box: Box) -> tuple[ColumnElement[bool], ...]:
        """The conditions for the rows of a mailbox."""
        return row.tenant == self.tenant, row.connection == box.connection, row.mailbox == box.mailbox

    def _values(self, column: InstrumentedAttribute[str], *where: ColumnElement[bool]) -> Iterator[str]:
        yield from self.session.scalars(select(column).where(*where))
