"""A service that nobody can manage yet makes its first tenant and says a link, which works once."""

from sqlalchemy import select

from service.access.caller import Caller
from service.access.passes import Purpose, new_pass
from service.access.permission import ALLOWED, Role
from service.database import EVERY_TENANT
from service.files.demo import demo_company
from service.files.take_in import take_in
from service.house import House
from service.people.users import User, create_user, usable_admins
from service.tables import KeyRow, TenantRow, UserRow
from service.work import Work, utc_now

TENANT, LOGIN = "main", "admin"


def first_start(house: House) -> str | None:
    """The link's secret; None when there is somebody who can sign in, or a key that can make somebody."""
    with house.database.writing(EVERY_TENANT) as session:
        house.database.queue(session)
        work = Work(session, Caller(TENANT, "first-start", ALLOWED[Role.ADMIN], "first-start"), utc_now())
        if session.get(TenantRow, TENANT) is None:
            _found(work, house)
        if usable_admins(work) or _has_keys(work):
            return None
        admin = _admin(work)
        secret = new_pass(session, admin, Purpose.INVITATION, work.now)
        work.audit("invite", "user", admin.id)
    link = f"{house.settings.public_url}/sign-in#{secret}"
    print(f"first start: open {link} and choose the password of {LOGIN!r}; the link works once", flush=True)
    return secret


def _found(work: Work, house: House) -> None:
    """The first tenant; in an embedded database with a company to look at."""
    work.session.add(TenantRow(id=TENANT, name="Main", created_at=work.now))
    work.session.flush()
    work.audit("create", "tenant", TENANT)
    if house.settings.demo and house.database.embedded:
        take_in(work, demo_company(work.now.date()))


def _admin(work: Work) -> UserRow:
    asked = select(UserRow).where(UserRow.tenant == TENANT, UserRow.login == LOGIN)
    known = work.session.scalars(asked).one_or_none()
    return known or create_user(work, User(login=LOGIN, name="Administrator", role=Role.ADMIN))


def _has_keys(work: Work) -> bool:
    asked = select(KeyRow.id).where(KeyRow.tenant == TENANT, KeyRow.revoked_at.is_(None)).limit(1)
    return work.session.scalar(asked) is not None
