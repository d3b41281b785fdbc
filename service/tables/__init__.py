"""The tables, one idea a file. Every one but `tenants` says whose rows they are."""

from service.tables.audit import AuditRow
from service.tables.base import Base
from service.tables.booking import BookingRow
from service.tables.calendar import (
    BlastRow,
    BoxRow,
    CalendarRow,
    ClashRow,
    ConnectionRow,
    FeedRow,
    ForeignRow,
    IntentRow,
    LinkRow,
    ProposalRow,
    SeenAnswerRow,
    SyncOfficeRow,
    ToldRow,
)
from service.tables.document import (
    AbsenceRow,
    ActivityRow,
    GoalRow,
    LockRow,
    PlaceRow,
    PrecedenceRow,
    RoomRow,
    SettingsRow,
    TechnicianRow,
    WaiverRow,
)
from service.tables.idempotency import AnswerRow
from service.tables.key import KeyRow
from service.tables.outbox import OutboxRow
from service.tables.plan import PlanRow, PublicationRow
from service.tables.report import ReportRow
from service.tables.run import RunProblemRow, RunRow
from service.tables.tenant import TenantRow
from service.tables.user import PassRow, UserRow

__all__ = [
    "AbsenceRow", "ActivityRow", "AnswerRow", "AuditRow", "Base", "BlastRow", "BookingRow", "BoxRow", "CalendarRow",
    "ClashRow", "ConnectionRow", "FeedRow", "ForeignRow", "GoalRow", "IntentRow", "KeyRow", "LinkRow", "LockRow",
    "OutboxRow", "PassRow", "PlaceRow", "PlanRow", "PrecedenceRow", "ProposalRow", "PublicationRow", "ReportRow",
    "RoomRow", "RunProblemRow", "RunRow", "SeenAnswerRow", "SettingsRow", "SyncOfficeRow", "TechnicianRow",
    "TenantRow", "ToldRow", "UserRow", "WaiverRow",
]  # fmt: skip
