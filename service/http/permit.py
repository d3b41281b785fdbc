"""`may(permission)`: how every handler gets its work, and with it tenant, caller and transaction."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.access.permission import Permission
from service.access.signin import sign_in
from service.house import House
from service.http.idempotency import Once
from service.http.problems import Forbidden, TooManyRequests, Unauthenticated
from service.http.unit import Unit
from service.work import Work, utc_now

BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="An API key.")
OPEN = "open"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class May:
    """Lets callers in who have the permission, and opens their transaction."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(
        self, request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)] = None
    ) -> Work:
        house: House = request.app.state.house
        caller = sign_in(house.database, request, utc_now())
        if caller is None:
            raise Unauthenticated("the key is missing, unknown or expired; send it as Authorization: Bearer KEY")
        if (wait := house.limiter.wait(caller.user)) > 0:
            raise TooManyRequests(f"try again in {wait} s", headers={"Retry-After": str(wait)})
        if self.permission not in caller.permissions:
            raise Forbidden(f"this needs the permission {self.permission.value!r}", permission=self.permission.value)
        unit: Unit = request.state.unit
        unit.work = Work(house.database.session(caller.tenant, write=request.method not in SAFE), caller)
        unit.once = Once.of(request, request.state.body)
        if unit.once is not None:
            unit.once.begin(unit.work)
        return unit.work


def may(permission: Permission) -> Any:
    """For a handler: `work: Annotated[Work, may(Permission.DATA_READ)]`."""
    return Depends(May(permission))


def open_to_all() -> None:
    """Marks a route that needs no caller, such as the one that says whether the service is up."""


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
        if inner.call is open_to_all:
            return OPEN
        if (found := _asked(inner)) is not None:
            return found
    return None
