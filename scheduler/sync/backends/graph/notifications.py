"""Change notifications: Graph calls when something happens. They only wake: what happened is read by `changes`.

Graph may call late, twice, in another order, or not at all; whoever relies on them alone misses changes.
"""

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.sync.backends.graph.client import Client, user
from scheduler.sync.errors import Denied, NotFound

LASTS = timedelta(days=6)
"""How long a subscription is asked for; Graph grants calendars at most seven days."""

RENEW = timedelta(days=2)
"""How long before its end a subscription is renewed."""


@dataclass(frozen=True)
class Heard:
    """What to answer to Graph's call, and what to do.

    Attributes
    ----------
    status, text
        The answer, as text/plain; within 3 seconds.
    wake
        Mailboxes to read now.
    renew
        Mailboxes whose subscription must be seen to, by `Subscriptions.keep`.
    """

    status: int
    text: str = ""
    wake: tuple[str, ...] = ()
    renew: tuple[str, ...] = ()


class Subscriptions:
    """The subscriptions of one connection. Nothing is stored: Graph itself knows which there are.

    Parameters
    ----------
    url
        Where Graph calls, https; lifecycle notifications come there too.
    secret
        The installation's own. It makes the state that Graph shows with each call, one for each mailbox.
    """

    def __init__(self, client: Client, url: str, secret: bytes) -> None:
        self._client, self._url, self._secret = client, url, secret

    def keep(self, mailboxes: Iterable[str], now: datetime, *, within: timedelta = RENEW) -> None:
        """Make what is missing, renew what ends `within` that time. To be called daily.

        For what `heard` names in `renew`, give `LASTS`.
        """
        standing = {_plain(one["resource"]): one for one in self._client.pages("", "/subscriptions", {})}
        for mailbox in mailboxes:
            one = standing.get(_plain(_resource(mailbox)))
            if one is None or one.get("notificationUrl") != self._url:
                self._make(mailbox, now)
            elif _ends(one) - now <= within:
                self._renew(mailbox, one["id"], now)

    def drop(self, mailboxes: Iterable[str]) -> None:
        unwanted = {_plain(_resource(mailbox)) for mailbox in mailboxes}
        for one in list(self._client.pages("", "/subscriptions", {})):
            if _plain(one["resource"]) in unwanted:
                self._client.write("", "DELETE", f"/subscriptions/{one['id']}")

    def heard(self, query: Mapping[str, str], body: bytes, mailboxes: Sequence[str]) -> Heard:
        """Graph called our address. Whoever doesn't know a mailbox's state is answered like anybody, and not heard."""
        if "validationToken" in query:
            return Heard(200, query["validationToken"])
        wake: dict[str, None] = {}
        renew: dict[str, None] = {}
        for one in _calls(body):
            mailbox = self._about(one, mailboxes)
            if mailbox is None:
                continue
            if one.get("lifecycleEvent") in ("reauthorizationRequired", "subscriptionRemoved"):
                renew[mailbox] = None
            wake[mailbox] = None
        return Heard(202, wake=tuple(wake), renew=tuple(renew))

    def state(self, mailbox: str) -> str:
        """What Graph must show to be believed."""
        return hmac.new(self._secret, f"graph {mailbox.lower()}".encode(), "sha256").hexdigest()

    def _about(self, one: dict[str, Any], mailboxes: Sequence[str]) -> str | None:
        shown = str(one.get("clientState", "")).encode()
        known = (m for m in mailboxes if hmac.compare_digest(shown, self.state(m).encode()))
        return next(known, None)

    def _make(self, mailbox: str, now: datetime) -> None:
        wanted = {
            "changeType": "created,updated,deleted",
            "notificationUrl": self._url,
            "lifecycleNotificationUrl": self._url,
            "resource": _resource(mailbox),
            "expirationDateTime": _until(now),
            "clientState": self.state(mailbox),
        }
        self._client.write("", "POST", "/subscriptions", wanted)

    def _renew(self, mailbox: str, id: str, now: datetime) -> None:
        try:
            self._client.write("", "PATCH", f"/subscriptions/{id}", {"expirationDateTime": _until(now)})
        except (NotFound, Denied):
            self._make(mailbox, now)


def _resource(mailbox: str) -> str:
    return f"{user(mailbox)}/events"


def _plain(resource: str) -> str:
    """Graph may leave out the first slash."""
    return resource.strip("/").lower()


def _until(now: datetime) -> str:
    return (now + LASTS).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ends(one: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(one["expirationDateTime"]).replace("Z", "+00:00"))


def _calls(body: bytes) -> list[dict[str, Any]]:
    try:
        given = json.loads(body)["value"]
    except (ValueError, TypeError, KeyError):
        return []
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
