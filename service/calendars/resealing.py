"""Encrypt kept secrets again, so that old keys can be taken away."""

from collections.abc import Iterator
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import select

from scheduler.domain.errors import Fault
from scheduler.sync.connections.secrets import Secret, Vault
from service.access.caller import Caller
from service.calendars.connections import KIND as CONNECTION
from service.calendars.notices import KIND as MAIL_SERVER
from service.calendars.notices import MAIL
from service.database import EVERY_TENANT, Database
from service.tables import ConnectionRow, SettingsRow, TenantRow
from service.work import Work

BY = "rotate-keys"


def reseal(database: Database, vault: Vault) -> tuple[int, list[Fault]]:
    """Put every secret under the first key. How many rows changed, and which ones no key opens."""
    vault.encrypt("")  # without keys nothing is right
    with database.reading(EVERY_TENANT) as session:
        tenants = list(session.scalars(select(TenantRow.id).order_by(TenantRow.id)))
    changed, faults = 0, list[Fault]()
    for tenant in tenants:
        with database.writing(tenant) as session:
            work = Work(session, Caller(tenant, BY))
            for kind, row in _rows(work):
                try:
                    row.value = _again(row.value, vault)
                except InvalidToken:
                    faults.append(Fault(f"{tenant}: {kind} {row.id}", "no key opens its secrets; give them again"))
                else:
                    work.audit("reseal", kind, row.id)
                    changed += 1
    return changed, faults


def _rows(work: Work) -> Iterator[tuple[str, Any]]:
    """Those that hold secrets, locked in one order."""
    for kind, row in ((CONNECTION, ConnectionRow), (MAIL_SERVER, SettingsRow)):
        asked = select(row).where(row.tenant == work.tenant).order_by(row.id).with_for_update()
        asked = asked.where(row.id == MAIL) if row is SettingsRow else asked
        for one in work.session.scalars(asked):
            if _sealed(one.value):
                yield kind, one


def _sealed(value: Any) -> bool:
    if isinstance(value, dict):
        return _is_secret(value) or any(map(_sealed, value.values()))
    return isinstance(value, list) and any(map(_sealed, value))


def _again(value: Any, vault: Vault) -> Any:
    if isinstance(value, dict):
        if _is_secret(value):
            return {**value, "encrypted": vault.again(value["encrypted"])}
        return {name: _again(part, vault) for name, part in value.items()}
    return [_again(part, vault) for part in value] if isinstance(value, list) else value


def _is_secret(value: dict[str, Any]) -> bool:
    return value.keys() == Secret.model_fields.keys() and value["encrypted"] is not None
