"""Who sends a request."""

from dataclasses import dataclass, field

from service.access.permission import Permission


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
    """

    tenant: str
    user: str
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    request: str = ""
    resource: str | None = None
