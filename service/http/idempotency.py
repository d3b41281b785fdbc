"""The same POST with the same Idempotency-Key takes effect once, and is answered alike each time."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request, Response
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scheduler.domain.errors import Fault
from service.http.problems import Conflict, Invalid, invalid
from service.tables import AnswerRow
from service.tables.base import ID_LENGTH
from service.work import Work

HEADER = "Idempotency-Key"
KEPT = ("etag", "location")
NOT_KEPT = "no-store"
LASTS = timedelta(days=7)
"""So long an answer is kept. After that the key is new again."""

ASKING = timedelta(minutes=5)
"""So long a request that only asks may take; then the key is free for who sends it again."""


class Replay(Exception):
    """The request was answered before: this is what was said."""

    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass(frozen=True)
class Once:
    """A request that must take effect once. Its answer is kept in the transaction of its effect."""

    key: str
    request: str

    @classmethod
    def of(cls, request: Request, body: bytes) -> "Once | None":
        """What makes the request the same as another one; None without a key."""
        key = request.headers.get(HEADER)
        if request.method != "POST" or key is None:
            return None
        if not 0 < len(key) <= ID_LENGTH:
            raise invalid([Fault(HEADER, f"has {len(key)} characters; give 1 to {ID_LENGTH}")])
        about = f"{request.url.path}?{request.url.query}\n".encode()
        return cls(key, hashlib.sha256(about + body).hexdigest())

    def begin(self, work: Work) -> None:
        """Claim the key. Raises Replay when it was answered; waits for one that is being answered."""
        row = {"tenant": work.tenant, "who": work.caller.user, "key": self.key, "request": self.request, "at": work.now}
        insert = _insert(work.session)(AnswerRow).values(**row).on_conflict_do_nothing()
        if work.session.scalar(insert.returning(AnswerRow.key)) is not None:
            return
        known = self._row(work)
        if known.request != self.request:
            raise Invalid(f"{HEADER} {self.key!r} was used for another request; give each its own")
        if known.status is None:
            self._take_over(work, known)
            return
        if known.body is None:
            raise Conflict("this was done before; its answer held a secret, which is not kept")
        headers = {**(known.headers or {}), "Idempotent-Replayed": "true"}
        raise Replay(Response(known.body or b"", known.status, headers))

    def _take_over(self, work: Work, known: AnswerRow) -> None:
        """Claimed by a request that only asks, which keeps nobody waiting: it is under way, or its process was lost."""
        if work.now < known.at + ASKING:
            raise Conflict("this is being answered in this moment; send it again for the answer")
        known.at = work.now

    def withdraw(self, work: Work) -> None:
        """Nothing was answered, so that the same request may be sent again."""
        work.session.delete(self._row(work))

    def _row(self, work: Work) -> AnswerRow:
        return work.session.get_one(AnswerRow, {"tenant": work.tenant, "who": work.caller.user, "key": self.key})

    def remember(self, work: Work, response: Response) -> None:
        """Answers that nobody may store hold a secret: of these only that they were given."""
        row = self._row(work)
        row.status = response.status_code
        row.body = None if response.headers.get("cache-control") == NOT_KEPT else bytes(response.body)
        names = ("content-type", *KEPT)
        row.headers = {name: response.headers[name] for name in names if name in response.headers}


def _insert(session: Session) -> type[postgresql.Insert] | type[sqlite.Insert]:
    return sqlite.Insert if session.get_bind().dialect.name == "sqlite" else postgresql.Insert
