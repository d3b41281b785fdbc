"""The connections file as values. TOML; see docs/calendars.md."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from scheduler.domain.base import FrozenDict, Id, Mapped, Value
from scheduler.domain.errors import Fault, InvalidInput, faults_of
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Room
from scheduler.sync.connections.caldav import CalDavSettings
from scheduler.sync.connections.exchange import ExchangeSettings
from scheduler.sync.connections.graph import GraphSettings
from scheduler.sync.connections.itip import ITipSettings
from scheduler.sync.connections.secrets import Secret, Vault
from scheduler.sync.content.people import Person, Style
from scheduler.sync.content.words import Language
from scheduler.sync.guard import Limits
from scheduler.sync.inbound.judging import Policy
from scheduler.sync.notice.changes import Quiet
from scheduler.sync.notice.telling import MailServer


class Manner(Value):
    """What every connection has, whatever calendar it reaches."""

    style: Style = Style()
    policy: Policy = Policy()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _organised(self) -> Self:
        if self.style.mode == "meeting" and not self.style.organizer:
            raise ValueError("style.organizer is missing; meetings need the mailbox that invites")
        return self


class MemoryConnection(Manner):
    """Calendars that are forgotten at the end: for dry runs."""

    kind: Literal["memory"]


class ExchangeConnection(Manner, ExchangeSettings):
    """Exchange Server by its web services."""

    kind: Literal["exchange"]


class GraphConnection(Manner, GraphSettings):
    """Microsoft 365 by Microsoft Graph."""

    kind: Literal["graph"]


class CalDavConnection(Manner, CalDavSettings):
    """Any server that speaks CalDAV."""

    kind: Literal["caldav"]


class ITipConnection(Manner, ITipSettings):
    """Invitations by mail."""

    kind: Literal["itip"]


class FeedsConnection(Manner):
    """Feeds to subscribe to, kept in a folder; relative to the connections file."""

    kind: Literal["ics"]
    folder: str = "feeds"


class MailServerSettings(Value):
    """Where messages are handed in, always over TLS: from the first byte on port 465, by STARTTLS on others."""

    host: Annotated[str, Field(min_length=1, max_length=255)]
    port: int = Field(default=587, ge=1, le=65535)
    sender: Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")]
    username: Annotated[str, Field(max_length=320)] = ""
    password: Secret | None = None

    def server(self, vault: Vault, path: str) -> MailServer:
        """Ready to send. `path` names the password in faults."""
        password = vault.reveal(self.password, path).get_secret_value() if self.password else ""
        return MailServer(self.host, self.port, self.sender, self.username, password)


class PersonSettings(Value):
    """Where somebody's calendar is, where that is not the default."""

    connection: str | None = None
    address: str | None = None
    language: Language | None = None


AnyConnection = Annotated[
    MemoryConnection | ExchangeConnection | GraphConnection | CalDavConnection | ITipConnection | FeedsConnection,
    Field(discriminator="kind"),
]


class Settings(Value):
    """A whole connections file.

    Attributes
    ----------
    store
        The SQLite file with all that must outlive a crash; relative to the connections file.
    secret
        The installation's own secret: it makes event ids that nobody can guess. Keep it as long as the store.
    default
        The connection of everybody who has an address and no entry in `people`.
    people
        By the id of the technician or room.
    mail
        For messages to people whose calendars are written directly; nobody is told without it.
    """

    store: str = "fieldplan-sync.db"
    secret: Secret
    default: Id | None = None
    language: Language = "en"
    connections: Mapped[Id, AnyConnection]
    people: Mapped[Id, PersonSettings] = FrozenDict()
    mail: MailServerSettings | None = None
    quiet: Quiet = Quiet()

    @model_validator(mode="after")
    def _known(self) -> Self:
        named = {"default": self.default, **{f"people.{id}.connection": p.connection for id, p in self.people.items()}}
        for path, name in named.items():
            if name is not None and name not in self.connections:
                raise ValueError(f"{path} names {name!r}, which is no connection; correct it")
        return self

    def person(self, problem: Problem, resource: str) -> Person | None:
        """Whose calendar is where; None where there is no address or no connection for it."""
        given = self.people.get(resource, PersonSettings())
        known = problem.resource[resource]
        address = given.address or (known.mailbox if isinstance(known, Room) else known.email)
        connection = given.connection or self.default
        if address is None or connection is None:
            return None
        return Person(resource, connection, address, given.language or self.language)

    def everybody(self, problem: Problem) -> Iterator[Person]:
        for resource in problem.resource:
            person = self.person(problem, resource)
            if person is not None:
                yield person


def read_settings(path: Path) -> Settings:
    """The connections file. Raises InvalidInput with all faults."""
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidInput((Fault("", error.strerror or str(error)),), str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput((Fault("", f"is no TOML: {error}"),), str(path)) from error
    except ValidationError as error:
        raise InvalidInput(faults_of(error), str(path)) from error
