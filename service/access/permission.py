"""What can be allowed, and the roles that allow it."""

from enum import StrEnum


class Permission(StrEnum):
    """Every route names one of these. A new one is given to roles below."""

    DATA_READ = "data:read"
    DATA_WRITE = "data:write"
    PLAN_READ = "plan:read"
    PLAN_EDIT = "plan:edit"
    PLAN_PUBLISH = "plan:publish"
    RUN_START = "run:start"
    CALENDAR_READ = "calendar:read"
    CALENDAR_MANAGE = "calendar:manage"
    AUDIT_READ = "audit:read"
    PEOPLE_MANAGE = "people:manage"
    ME = "me"
    OWN_READ = "own:read"
    OWN_REPORT = "own:report"


class Role(StrEnum):
    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    TECHNICIAN = "technician"
    VIEWER = "viewer"


VIEWING = frozenset({Permission.ME, Permission.DATA_READ, Permission.PLAN_READ, Permission.CALENDAR_READ})
OWN = frozenset({Permission.ME, Permission.OWN_READ, Permission.OWN_REPORT})
ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: VIEWING,
    Role.TECHNICIAN: OWN,
    Role.DISPATCHER: VIEWING
    | {
        Permission.DATA_WRITE,
        Permission.PLAN_EDIT,
        Permission.PLAN_PUBLISH,
        Permission.RUN_START,
        Permission.AUDIT_READ,
    },
    Role.ADMIN: frozenset(Permission) - OWN | VIEWING,
}
