"""`may(permission)`: how every handler gets its work, and with it tenant, caller and transaction."""

import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from service.access.caller import Caller
from service.access.cookies import SESSION
from service.access.permission import Permission
from service.access.secret import same
from service.access.signin import sign_in
from service.house import House, Limiter
from service.http.idempotency import Once
from service.http.problems import Forbidden, TooManyRequests, Unauthenticated
from service.http.unit import Unit
from service.work import Work, utc_now

BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="An API key.")
COOKIE = APIKeyCookie(name=SESSION, auto_error=False, scheme_name="session", description="A browser's session.")
CSRF_HEADER = "X-CSRF-Token"
OPEN = "open"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
AGAIN_SECONDS = 10.0
"""So often it is looked up whether who listens to an answer without end may still do so."""


class May:
    """Lets callers in who have the permission, and opens their transaction."""

    def __init__(self, permission: Permission, changes: bool = True) -> None:
        self.permission, self.changes = permission, changes

    def __call__(
        self,
        request: Request,
        _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)] = None,
        __: Annotated[str | None, Security(COOKIE)] = None,
    ) -> Work:
        house: House = request.app.state.house
        caller = sign_in(house.database, house.settings, request, utc_now())
        if caller is None:
            raise Unauthenticated("sign in, or send a key that holds as Authorization: Bearer KEY")
        admit(house.limiter, caller.user)
        _require_own_page(request, caller)
        if self.permission not in caller.permissions:
            raise Forbidden(f"this needs the permission {self.permission.value!r}", permission=self.permission.value)
        unit: Unit = request.state.unit
        unit.aside = None if self.changes else lambda: house.database.writing(caller.tenant)
        writes = self.changes and request.method not in SAFE
        work = Work(house.database.session(caller.tenant, write=writes), caller)
        unit.open(work, Once.of(request, request.state.body))
        return work


def admit(limiter: Limiter, who: str) -> None:
    if (wait := limiter.wait(who)) > 0:
        raise TooManyRequests(f"try again in {wait} s", headers={"Retry-After": str(wait)})


def _require_own_page(request: Request, caller: Caller) -> None:
    """A browser sends its cookie with what other sites ask it to send, but not a token that they can't read."""
    if caller.visit is None or request.method in SAFE:
        return
    if not same(request.headers.get(CSRF_HEADER, ""), caller.visit.csrf):
        raise Forbidden(f"send {CSRF_HEADER} with the `csrf` of /api/v1/me")


def may(permission: Permission, *, changes: bool = True) -> Any:
    """For a handler: `work: Annotated[Work, may(Permission.DATA_READ)]`.

    A POST that only asks says `changes=False`: nobody waits for its transaction.
    """
    return Depends(May(permission, changes))


def lasting(request: Request, permission: Permission) -> Callable[[], bool]:
    """For answers that go on and on: whether the service is open, and would let the caller in once more."""
    house: House = request.app.state.house
    looked = time.monotonic()

    def lasts() -> bool:
        nonlocal looked
        if house.closing.is_set():
            return False
        if time.monotonic() - looked < AGAIN_SECONDS:
            return True
        looked = time.monotonic()
        caller = sign_in(house.database, house.settings, request, utc_now())
        return caller is not None and permission in caller.permissions

    return lasts


def open_to_all(request: Request) -> None:
    """For a route that needs no caller: requests are counted by the address that they come from."""
    house: House = request.app.state.house
    admit(house.limiter, f"address:{request.client.host if request.client else ''}")


def always_open() -> None:
    """Marks what is no part of the API and answered however often it is asked: pages, and whether the service is up."""


def permissions(app: FastAPI) -> Iterator[tuple[str, str, Permission | str | None]]:
    """Method, path and permission of every route: OPEN for one that is open to all, None where nobody thought of it."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if dependant is not None and context.path is not None:
            for method in sorted(context.methods or ()):
                yield method, context.path, _asked(dependant)


def _asked(dependant: Dependant) -> Permission | str | None:
    for inner in dependant.dependencies:
        if isinstance(inner.call, May):
            return inner.call.permission
        if inner.call in (open_to_all, always_open):
            return OPEN
        if (found := _asked(inner)) is not None:
            return found
    return None
