"""From a request's credentials to its caller. Whatever ways of signing in there are, they meet here."""

from datetime import datetime

from fastapi import Request

from service.access.caller import Caller, Visit
from service.access.cookies import SESSION, read_cookie
from service.access.keys import PREFIX, allowed, find_key
from service.access.passes import Purpose, find_user
from service.access.permission import ALLOWED, Role
from service.access.secret import derived, hashed
from service.database import EVERY_TENANT, Database
from service.settings import Settings


def sign_in(database: Database, settings: Settings, request: Request, now: datetime) -> Caller | None:
    """The caller; None when the credentials are missing or wrong. A key counts before a cookie."""
    if given := request.headers.get("Authorization"):
        return _by_key(database, given, request.state.id, now)
    cookie = read_cookie(request, settings, SESSION)
    return None if cookie is None else _by_cookie(database, cookie, request.state.id, now)


def _by_key(database: Database, given: str, request: str, now: datetime) -> Caller | None:
    scheme, _, secret = given.partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
        return None
    with database.reading(EVERY_TENANT) as session:
        key = find_key(session, secret, now)
    if key is None:
        return None
    return Caller(key.tenant, f"key:{key.id}", allowed(key), request, key.resource, key.name, Role(key.role))


def _by_cookie(database: Database, cookie: str, request: str, now: datetime) -> Caller | None:
    with database.reading(EVERY_TENANT) as session:
        user = find_user(session, cookie, Purpose.SESSION, now)
    if user is None:
        return None
    role, visit = Role(user.role), Visit(hashed(cookie), derived(cookie, "csrf"))
    return Caller(user.tenant, f"user:{user.id}", ALLOWED[role], request, user.resource, user.name, role, visit)
