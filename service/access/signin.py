"""From a request's credentials to its caller. Whatever ways of signing in there are, they meet here."""

from datetime import datetime

from fastapi import Request

from service.access.caller import Caller
from service.access.keys import PREFIX, find_key
from service.access.permission import ALLOWED, Role
from service.database import EVERY_TENANT, Database


def sign_in(database: Database, request: Request, now: datetime) -> Caller | None:
    """The caller; None when the credentials are missing or wrong."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
        return None
    with database.reading(EVERY_TENANT) as session:
        key = find_key(session, secret, now)
    if key is None:
        return None
    return Caller(key.tenant, f"key:{key.id}", ALLOWED[Role(key.role)], request.state.id)
