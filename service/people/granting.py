"""Nobody gives, changes or takes away more than what they may do themselves."""

from collections.abc import Iterable, Iterator

from scheduler.domain.errors import Fault
from service.access.permission import OWN, Permission, Role
from service.http.problems import Forbidden
from service.tables import TechnicianRow
from service.work import Work


def require_may_grant(work: Work, permissions: Iterable[Permission]) -> None:
    if beyond := sorted(permission.value for permission in set(permissions) - work.caller.permissions - OWN):
        raise Forbidden(f"this reaches further than what you may do: {', '.join(beyond)}", permissions=beyond)


def faults_of_resource(work: Work, role: Role, resource: str | None) -> Iterator[Fault]:
    """Who is a technician says which one."""
    if (role is Role.TECHNICIAN) is (resource is None):
        yield Fault("resource", "is for the role technician, and needed there; correct one of the two")
    elif resource is not None and work.session.get(TechnicianRow, {"tenant": work.tenant, "id": resource}) is None:
        yield Fault("resource", f"{resource!r} is not the id of a technician; correct it")
