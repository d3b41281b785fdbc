"""What calendars need: connections, whose calendar is where, and all that `scheduler.sync` keeps.

Values of sync are text in JSON, as the library writes them: that way they hold whatever stands in people's calendars.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Json, Tenanted
from service.tables.document import Document


class ConnectionRow(Document):
    """A calendar server. Secrets inside `value` are encrypted.

    Attributes
    ----------
    subscribed_until
        When its subscriptions to notifications are to be seen to again.
    """

    __tablename__ = "calendar_connections"

    is_default: Mapped[bool]
    subscribed_until: Mapped[datetime | None]


class CalendarRow(Document):
    """Whose calendar is where, for those who don't have it at the default connection."""

    __tablename__ = "calendars"

    connection: Mapped[str | None]


class SyncOfficeRow(Tenanted, Base):
    """One of a tenant.

    Attributes
    ----------
    secret
        From it event ids are made.
    revision
        The newest of the outbox.
    shown_at
        When what is published was last put into the outbox.
    """

    __tablename__ = "sync_offices"

    secret: Mapped[str]
    revision: Mapped[int]
    shown_at: Mapped[datetime | None]


class Mailbox(Tenanted):
    """Keyed by tenant, connection and mailbox."""

    connection: Mapped[str] = mapped_column(primary_key=True)
    mailbox: Mapped[str] = mapped_column(primary_key=True)


class BoxRow(Mailbox, Base):
    """A mailbox: how far it was read, who holds it until when, when it is to be visited.

    Attributes
    ----------
    renew
        Its subscription to notifications must be seen to.
    """

    __tablename__ = "sync_boxes"
    __table_args__ = (Index(None, "tenant", "due_at"),)

    cursor: Mapped[str]
    owner: Mapped[str | None]
    until: Mapped[datetime | None]
    due_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    renew: Mapped[bool]


class LinkRow(Mailbox, Base):
    __tablename__ = "sync_links"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class IntentRow(Mailbox, Base):
    __tablename__ = "sync_intents"

    key: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    value: Mapped[str]


class ForeignRow(Mailbox, Base):
    __tablename__ = "sync_foreign_events"

    id: Mapped[str] = mapped_column(primary_key=True)
    series: Mapped[str | None]
    starts_at: Mapped[datetime]
    value: Mapped[str]


class SeenAnswerRow(Mailbox, Base):
    __tablename__ = "sync_answers"

    id: Mapped[str] = mapped_column(primary_key=True)


class ProposalRow(Tenanted, Base):
    __tablename__ = "sync_proposals"
    __table_args__ = (Index(None, "tenant", "taken", "at"), Index(None, "tenant", "connection", "mailbox", "taken"))

    id: Mapped[str] = mapped_column(primary_key=True)
    connection: Mapped[str]
    mailbox: Mapped[str]
    at: Mapped[datetime]
    taken: Mapped[bool]
    value: Mapped[str]


class ClashRow(Base):
    __tablename__ = "sync_clashes"
    __table_args__ = (Index(None, "tenant", "id"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), Identity(always=True), primary_key=True
    )
    tenant: Mapped[str]
    value: Mapped[str]


class ToldRow(Tenanted, Base):
    __tablename__ = "sync_told"

    person: Mapped[str] = mapped_column(primary_key=True)
    events: Mapped[str]


class BlastRow(Tenanted, Base):
    """A question: may so many events go from the calendars of a connection?

    Attributes
    ----------
    allowed
        So many a person allowed; null while nobody answered, 0 for a no.
    """

    __tablename__ = "sync_blasts"

    connection: Mapped[str] = mapped_column(primary_key=True)
    going: Mapped[int]
    there: Mapped[int]
    at: Mapped[datetime]
    allowed: Mapped[int | None]
    answered_by: Mapped[str | None]


class FeedRow(Tenanted, Base):
    """A secret address that shows bookings as a calendar. Only the hash of its token is kept."""

    __tablename__ = "feeds"
    __table_args__ = (Index(None, "digest", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    resources: Mapped[list[str]] = mapped_column(Json)
    digest: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
