"""An empty embedded database begins with a company to look at, and a key that is shown once."""

from sqlalchemy import select

from service.access.caller import Caller
from service.access.keys import new_key
from service.access.permission import ALLOWED, Role
from service.database import EVERY_TENANT
from service.files.demo import demo_company
from service.files.take_in import take_in
from service.house import House
from service.tables import TenantRow
from service.work import Work, utc_now

TENANT = "main"


def first_start(house: House) -> str | None:
    """Make the first tenant where there is none, and say its key. Returns the key, None when there was a tenant."""
    with house.database.writing(EVERY_TENANT) as session:
        if session.scalars(select(TenantRow).limit(1)).first() is not None:
            return None
        now = utc_now()
        session.add(TenantRow(id=TENANT, name="Main", created_at=now))
        session.flush()
        _, secret = new_key(session, TENANT, "first start", Role.ADMIN, now)
        work = Work(session, Caller(TENANT, "first-start", ALLOWED[Role.ADMIN], "first-start"), now)
        work.audit("create", "tenant", TENANT)
        if house.settings.demo and house.database.embedded:
            take_in(work, demo_company(now.date()))
    print(f"first start: sign in with this key, it is shown only once: {secret}", flush=True)
    return secret
