"""Who may do what, written by hand: the routes are held against it, so a new one needs its line here."""

from service.access.permission import Permission, Role

A, D, T, V = Role.ADMIN, Role.DISPATCHER, Role.TECHNICIAN, Role.VIEWER
EVERYBODY, OFFICE, PLANNERS = {A, D, T, V}, {A, D, V}, {A, D}
OPEN = "open"

ROLES: dict[str, set[Role]] = {
    "data:read": OFFICE,
    "data:write": PLANNERS,
    "plan:read": OFFICE,
    "plan:edit": PLANNERS,
    "plan:publish": PLANNERS,
    "run:start": PLANNERS,
    "calendar:read": OFFICE,
    "calendar:manage": {A},
    "audit:read": PLANNERS,
    "people:manage": {A},
    "me": EVERYBODY,
    "own:read": {T},
    "own:report": {T},
}

READ_AND_CHANGE: dict[str, tuple[str, str]] = {
    "technicians": ("data:read", "data:write"),
    "rooms": ("data:read", "data:write"),
    "places": ("data:read", "data:write"),
    "skills": ("data:read", ""),
    "absences": ("data:read", "data:write"),
    "activities": ("data:read", "data:write"),
    "precedences": ("data:read", "data:write"),
    "locks": ("data:read", "plan:edit"),
    "waivers": ("data:read", "plan:edit"),
    "goals": ("data:read", "data:write"),
    "calendars": ("data:read", "calendar:manage"),
    "imports": ("", "data:write"),
    "export": ("plan:read", ""),
    "settings": ("data:read", "plan:edit"),
    "problem": ("plan:read", ""),
    "plans": ("plan:read", "plan:edit"),
    "publications": ("plan:read", "plan:publish"),
    "runs": ("plan:read", "run:start"),
    "events": ("plan:read", ""),
    "bookings": ("plan:read", ""),
    "reports": ("plan:read", ""),
    "connections": ("calendar:read", "calendar:manage"),
    "mailboxes": ("calendar:read", "plan:publish"),
    "questions": ("calendar:read", "plan:publish"),
    "feeds": ("calendar:read", "calendar:manage"),
    "notices": ("calendar:read", "calendar:manage"),
    "my": ("own:read", "own:report"),
    "audit": ("audit:read", ""),
    "session": ("", "me"),
    "me": ("me", "me"),
    "users": ("people:manage", "people:manage"),
    "keys": ("people:manage", "people:manage"),
}
"""By the first part of the path: what it takes to read and to change."""

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("POST", "plans/{id}/verify"): "plan:read",
    ("POST", "plans/{id}/publish"): "plan:publish",
    ("POST", "mailboxes/rehearsal"): "calendar:read",
    ("POST", "session"): OPEN,
    ("POST", "session/invitation"): OPEN,
    ("POST", "oidc"): OPEN,
    ("GET", "oidc/callback"): OPEN,
    ("GET", "feeds/{token}.ics"): OPEN,
    ("POST", "notifications/graph/{tenant}/{connection}"): OPEN,
}
PAGES = {"/", "/sign-in", "/sign-in.js", "/sign-in.css"}
DOCUMENTATION = {"/docs", "/docs.js", "/swagger-ui-bundle.js", "/swagger-ui.css"}
OUTSIDE = {"/healthz", "/readyz", "/metrics", *PAGES, *DOCUMENTATION}
"""Open to all, and not of the API."""


def expected(method: str, path: str) -> str | None:
    """The permission that the route must ask for; None when it has no rule."""
    if path in OUTSIDE:
        return OPEN
    short = path.removeprefix("/api/v1/").replace(":path", "")
    if (method, short) in EXCEPTIONS:
        return EXCEPTIONS[method, short]
    read, change = READ_AND_CHANGE.get(short.partition("/")[0], ("", ""))
    return (read if method == "GET" else change) or None


def may(role: Role, permission: str) -> bool:
    return role in ROLES[permission]


assert ROLES.keys() == {permission.value for permission in Permission}, "a new permission needs its line"
