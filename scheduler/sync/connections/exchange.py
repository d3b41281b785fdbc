"""The settings of an Exchange server. exchangelib is loaded when a connection is opened."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, ValidationError

from scheduler.domain.base import Id, Value
from scheduler.domain.errors import Fault, InvalidInput, faults_of
from scheduler.sync.connections.secrets import Secret, Vault
from scheduler.sync.port import Backend

if TYPE_CHECKING:
    from scheduler.sync.backends.exchange import SignIn


class PasswordSettings(Value):
    """A service account with a password."""

    method: Literal["basic", "ntlm"]
    username: Id
    password: Secret


class ApplicationSettings(Value):
    """A registered application; see `OAuth` of the backend for what each key means."""

    method: Literal["oauth"]
    client_id: Id
    client_secret: Secret
    token_url: str
    scope: Id
    mailbox: Id


class ExchangeSettings(Value):
    """Where the server is, who asks, and how mailboxes are opened.

    Attributes
    ----------
    time_zone
        In which Exchange words meeting requests.
    """

    url: str
    sign_in: Annotated[PasswordSettings | ApplicationSettings, Field(discriminator="method")]
    access: Literal["impersonation", "delegate"] = "impersonation"
    time_zone: str = "UTC"


def open_exchange(given: ExchangeSettings, vault: Vault, path: str) -> Backend:
    """Opens no connection yet. Raises InvalidInput, which names what has to be corrected."""
    from scheduler.sync.backends.exchange import Access, Exchange

    sign_in = _sign_in(given.sign_in, vault, f"{path}.sign_in")
    try:
        return Exchange(given.url, sign_in, access=Access(given.access), zone=given.time_zone)
    except ValueError as error:
        raise InvalidInput((Fault(path, str(error)),)) from error


def _sign_in(given: PasswordSettings | ApplicationSettings, vault: Vault, path: str) -> "SignIn":
    from scheduler.sync.backends.exchange import Basic, Ntlm, OAuth

    if isinstance(given, ApplicationSettings):
        secret = vault.reveal(given.client_secret, f"{path}.client_secret")
        said = given.model_dump(include={"client_id", "token_url", "scope", "mailbox"})
        try:
            return OAuth.model_validate({**said, "client_secret": secret})
        except ValidationError as error:
            raise InvalidInput(faults_of(error), path) from error
    kind = Ntlm if given.method == "ntlm" else Basic
    return kind(username=given.username, password=vault.reveal(given.password, f"{path}.password"))
