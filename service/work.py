"""One unit of work: a transaction, who does it, and the traces that it leaves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.tables import AuditRow, OutboxRow


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Work:
    """What a handler works with. All that it does takes effect together, before the answer is sent, or not at all."""

    session: Session
    caller: Caller
    now: datetime = field(default_factory=utc_now)

    @property
    def tenant(self) -> str:
        return self.caller.tenant

    def audit(
        self, action: str, kind: str, subject: str, *, before: Any = None, after: Any = None, why: str = ""
    ) -> None:
        """Remember a change: `action` such as `create`, `kind` such as `technician`, `subject` its id."""
        self.session.add(
            AuditRow(
                tenant=self.tenant,
                at=self.now,
                who=self.caller.user,
                request=self.caller.request,
                action=action,
                kind=kind,
                subject=subject,
                before=before,
                after=after,
                why=why,
            )
        )

    def announce(self, topic: str, about: dict[str, Any]) -> None:
        """Tell workers and watchers, once this transaction is committed."""
        self.session.add(OutboxRow(tenant=self.tenant, topic=topic, about=about, at=self.now))
