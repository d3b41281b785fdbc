"""The settings of a CalDAV server. caldav is loaded when a connection is opened."""

from typing import TYPE_CHECKING, Literal

from scheduler.domain.base import FrozenDict, Id, Mapped, Value
from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.resource import TimeZone
from scheduler.sync.connections.secrets import Secret, Vault
from scheduler.sync.port import Backend

if TYPE_CHECKING:
    from scheduler.sync.backends.caldav import Login


class LoginSettings(Value):
    """Who asks. `{mailbox}` and `{user}` (what stands before its @) may stand in the name."""

    username: Id
    password: Secret
    method: Literal["basic", "digest", "bearer"] = "basic"


class CalDavSettings(Value):
    """Where the server is and who asks; see `CalDav` for what each key means."""

    url: str
    login: LoginSettings
    own: Mapped[Id, LoginSettings] = FrozenDict()
    invites: bool = False
    time_zone: TimeZone = "UTC"


def open_caldav(given: CalDavSettings, vault: Vault, path: str) -> Backend:
    """Opens no connection yet. Raises InvalidInput, which names what has to be corrected."""
    from scheduler.sync.backends.caldav import CalDav

    own = {mailbox: _login(one, vault, f"{path}.own.{mailbox}") for mailbox, one in given.own.items()}
    login = _login(given.login, vault, f"{path}.login")
    try:
        return CalDav(given.url, login, own, invites=given.invites, zone=given.time_zone)
    except ValueError as error:
        raise InvalidInput((Fault(f"{path}.url", str(error)),)) from error


def _login(given: LoginSettings, vault: Vault, path: str) -> "Login":
    from scheduler.sync.backends.caldav import Login

    return Login(given.username, vault.reveal(given.password, f"{path}.password"), given.method)
