"""The transaction of one request, from the first query to the answer."""

from dataclasses import dataclass

from fastapi import Response

from service.http.idempotency import Once
from service.work import Work


@dataclass
class Unit:
    """Opened by `may`, ended by the route. Without work there is nothing to end."""

    work: Work | None = None
    once: Once | None = None

    def commit(self, response: Response) -> None:
        if self.work is None:
            return
        if self.once is not None:
            self.once.remember(self.work, response)
        self.work.session.commit()

    def close(self) -> None:
        if self.work is not None:
            self.work.session.close()
