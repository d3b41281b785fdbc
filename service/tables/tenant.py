"""Companies that share the service and see nothing of each other."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base


class TenantRow(Base):
    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
