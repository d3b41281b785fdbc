"""A service that nobody can manage yet makes its first tenant and says a link, which works once; more by command."""

import re

from sqlalchemy import select

from scheduler.domain.errors import Fault, InvalidInput
from service.access.caller import Caller
from service.access.passes import Purpose, new_pass
from service.access.permission import ALLOWED, Role
from service.database import EVERY_TENANT, Database
from service.files.demo import demo_company
from service.files.take_in import take_in
from service.house import House
from service.people.users import User, create_user, usable_admins
from service.settings import Settings
from service.tables import KeyRow, TenantRow, UserRow
from service.work import Work, utc_now

TENANT, LOGIN = "main", "admin"
TENANT_ID = r"[a-z0-9][a-z0-9-]{0,62}"


def first_start(house: House) -> str | None:
    """The link's secret; None when there is somebody who can sign in, or a key that can make somebody."""
    with house.database.writing(EVERY_TENANT) as session:
        house.database.queue(session)
        work = Work(session, Caller(TENANT, "first-start", ALLOWED[Role.ADMIN], "first-start"), utc_now())
        if session.get(TenantRow, TENANT) is None:
            _found(work, "Main")
            if house.settings.demo and house.database.embedded:
                take_in(work, demo_company(work.now.date()))
        if usable_admins(work) or _has_keys(work):
            return None
        secret = _invitation(work)
    print(f"first start: {_said(house.settings, secret)}", flush=True)
    return secret


def new_tenant(database: Database, settings: Settings, id: str, name: str) -> str:
    """One more company with an administrator; the sentence with the link. Raises InvalidInput."""
    if not re.fullmatch(TENANT_ID, id):
        raise InvalidInput((Fault("id", "has other characters than a-z, 0-9 and -, or more than 63; choose another"),))
    with database.writing(EVERY_TENANT) as session:
        database.queue(session)
        if session.get(TenantRow, id) is not None:
            raise InvalidInput((Fault("id", f"there is a tenant {id!r} already; choose another"),))
        work = Work(session, Caller(id, "new-tenant", ALLOWED[Role.ADMIN], "new-tenant"), utc_now())
        _found(work, name or id)
        return f"tenant {id!r}: {_said(settings, _invitation(work))}"


def _invitation(work: Work) -> str:
    admin = _admin(work)
    work.audit("invite", "user", admin.id)
    return new_pass(work.session, admin, Purpose.INVITATION, work.now)


def _said(settings: Settings, secret: str) -> str:
    return f"open {settings.public_url}/sign-in#{secret} and choose the password of {LOGIN!r}; the link works once"


def _found(work: Work, name: str) -> None:
    work.session.add(TenantRow(id=work.tenant, name=name, created_at=work.now))
    work.session.flush()
    work.audit("create", "tenant", work.tenant)


def _admin(work: Work) -> UserRow:
    asked = select(UserRow).where(UserRow.tenant == work.tenant, UserRow.login == LOGIN)
    known = work.session.scalars(asked).one_or_none()
    return known or create_user(work, User(login=LOGIN, name="Administrator", role=Role.ADMIN))


def _has_keys(work: Work) -> bool:
    asked = select(KeyRow.id).where(KeyRow.tenant == work.tenant, KeyRow.revoked_at.is_(None)).limit(1)
    return work.session.scalar(asked) is not None
