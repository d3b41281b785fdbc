"""The transaction of one request, from the first query to the answer."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from fastapi import Response
from sqlalchemy.orm import Session

from service.http.idempotency import Once
from service.work import Work


@dataclass
class Unit:
    """Opened by `may`, ended by the route. Without work there is nothing to end.

    The answer to one that only asks is kept for its Idempotency-Key in a transaction `aside`: its own writes nothing.
    """

    work: Work | None = None
    once: Once | None = None
    aside: Callable[[], AbstractContextManager[Session]] | None = None

    def open(self, work: Work, once: Once | None) -> None:
        """Raises Replay when the request was answered before."""
        self.work = work
        if once is not None:
            self._told(once.begin)
            self.once = once

    def commit(self, response: Response) -> None:
        if self.work is None:
            return
        if self.once is not None:
            once, self.once = self.once, None
            self._told(lambda work: once.remember(work, response))
        self.work.session.commit()

    def close(self) -> None:
        if self.work is None:
            return
        self.work.session.close()
        if self.once is not None and self.aside is not None:
            self._told(self.once.withdraw)

    def _told(self, act: Callable[[Work], None]) -> None:
        assert self.work is not None
        if self.aside is None:
            act(self.work)
            return
        with self.aside() as session:
            act(Work(session, self.work.caller))
