"""Exchange without the wire: mailboxes, who may do what, and what goes wrong when a test says so."""

import copy
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from tests.sync.backends.ews.soap import EwsError, Fault
from tests.sync.backends.ews.store import CALENDAR, Item, Mailbox, owner_of


@dataclass
class User:
    """Somebody who can sign in; `opens` names mailboxes whose calendar, and nothing else, was opened to them."""

    name: str
    password: str
    mailbox: str | None = None
    impersonates: bool = False
    opens: tuple[str, ...] = ()


@dataclass
class Caller:
    """As whom one request is made."""

    user: User
    acting: str | None
    zone: str = "UTC"


class Exchange:
    def __init__(self) -> None:
        self.mailboxes: dict[str, Mailbox] = {}
        self.users: dict[str, User] = {}
        self.room_lists: dict[str, list[str]] = {}
        self.refusals: deque[Fault | EwsError] = deque()
        """What the next requests get instead of an answer."""
        self.mails: list[tuple[str, Item]] = []
        """Every meeting message that was sent, with its recipient."""
        self.undelivered: list[tuple[Mailbox, str, str]] = []
        """Invitations that rooms have not decided on yet."""
        self.answered: dict[tuple[str, str], datetime] = {}
        """When who last answered which invitation."""

    def add_user(self, user: User) -> User:
        self.users[user.name] = user
        if user.mailbox:
            self.add_mailbox(user.mailbox)
        return user

    def add_mailbox(self, address: str, *, room: bool = False) -> Mailbox:
        return self.mailboxes.setdefault(address, Mailbox(address, room=room))

    def caller(self, user: User, impersonated: str | None, zone: str) -> Caller:
        if impersonated is None:
            return Caller(user, user.mailbox, zone)
        if not user.impersonates:
            raise Fault("ErrorImpersonateUserDenied", "The account does not have permission to impersonate.")
        if impersonated not in self.mailboxes:
            raise Fault("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
        return Caller(user, impersonated, zone)

    def calendar(self, caller: Caller, address: str | None) -> Mailbox:
        """The mailbox whose calendar is named, where the caller may see it."""
        wanted = address or caller.acting
        if wanted is None or wanted not in self.mailboxes:
            raise EwsError("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
        if not self._may(caller, wanted):
            raise EwsError("ErrorFolderNotFound", "The specified folder could not be found in the store.")
        return self.mailboxes[wanted]

    def item(self, caller: Caller, id: str) -> tuple[Mailbox, Item, int]:
        address, number, nth = owner_of(id)
        if address not in self.mailboxes or not self._may(caller, address):
            raise EwsError("ErrorItemNotFound", "The specified object was not found in the store.")
        mailbox = self.mailboxes[address]
        item = mailbox.take(number)
        if nth and all(n != nth for n, _, _ in item.occurrences()):
            raise EwsError("ErrorCalendarOccurrenceIsDeletedFromRecurrence")
        return mailbox, item, nth

    def draft(self, item: Item) -> Item:
        """A copy to change: what is refused half way must leave nothing behind."""
        return copy.deepcopy(item)

    def _may(self, caller: Caller, address: str) -> bool:
        return address == caller.acting or address in caller.user.opens


def folder_of(name: str) -> str:
    if name != CALENDAR:
        raise EwsError("ErrorAccessDenied", f"Only the calendar was opened, not {name}.")
    return name
