"""Who sends a request."""

from dataclasses import dataclass, field

from service.access.permission import Permission, Role


@dataclass(frozen=True)
class Visit:
    """A browser's session: the hash of its cookie, and the token that it must send with every change."""

    hash: str
    csrf: str


@dataclass(frozen=True)
class Caller:
    """All that a handler knows of who calls.

    Attributes
    ----------
    tenant
        Whose data the request sees and changes.
    user
        For the audit: `key:<id>` or `user:<id>`.
    permissions
        What is allowed.
    request
        Id of the request, in logs, audit and answers.
    resource
        The technician that the caller is, if any.
    name, role
        How to call it, and what it is.
    visit
        The session of a browser, if it is one.
    """

    tenant: str
    user: str
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    request: str = ""
    resource: str | None = None
    name: str = ""
    role: Role | None = None
    visit: Visit | None = None
