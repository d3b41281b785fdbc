"""Whose calendar is where, and how events look there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pydantic import Field

from scheduler.domain.base import Duration, Value
from scheduler.sync.content.words import Language
from scheduler.sync.link import Box


class Style(Value):
    """How a connection shows what is planned.

    Attributes
    ----------
    mode
        `direct`: an event in the mailbox of each technician and room. `meeting`: one event an activity in the
        organiser's mailbox, with technicians as attendees and rooms as resources.
    organizer
        The mailbox of meetings.
    reminder
        How long before one must leave, or begin where there is no drive.
    travel
        How the drive before an activity is shown: as a busy block of its own, in the text, or not at all.
    """

    mode: Literal["direct", "meeting"] = "direct"
    organizer: str | None = None
    reminder: Duration | None = Field(default=timedelta(minutes=30))
    travel: Literal["block", "field", "none"] = "field"


@dataclass(frozen=True)
class Person:
    """A technician or a room with a calendar."""

    resource: str
    connection: str
    address: str
    language: Language = "en"

    @property
    def box(self) -> Box:
        return Box(self.connection, self.address)
