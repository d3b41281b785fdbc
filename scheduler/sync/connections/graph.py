"""The settings of Microsoft 365. msal is loaded when a connection is opened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from scheduler.domain.base import Id, Value
from scheduler.domain.errors import Fault, InvalidInput
from scheduler.sync.connections.secrets import Secret, Vault
from scheduler.sync.port import Backend

if TYPE_CHECKING:
    from scheduler.sync.backends.graph import SignIn


class _Registered(Value):
    """Which application, in which directory.

    Attributes
    ----------
    cloud
        Where tokens are given, for national clouds.
    """

    tenant: Id
    client_id: Id
    cloud: str = "https://login.microsoftonline.com"


class SecretSettings(_Registered):
    method: Literal["secret"]
    client_secret: Secret


class CertificateSettings(_Registered):
    """`certificate` is a file in PEM; its private key is a secret."""

    method: Literal["certificate"]
    private_key: Secret
    certificate: Path


class GraphSettings(Value):
    """Who asks, and where Graph answers."""

    url: str = "https://graph.microsoft.com/v1.0"
    sign_in: Annotated[SecretSettings | CertificateSettings, Field(discriminator="method")]


def open_graph(given: GraphSettings, vault: Vault, path: str) -> Backend:
    """Opens no connection yet. Raises InvalidInput, which names what has to be corrected."""
    from scheduler.sync.backends.graph import Graph

    sign_in = _sign_in(given.sign_in, vault, f"{path}.sign_in")
    try:
        return Graph(sign_in, url=given.url)
    except ValueError as error:
        raise InvalidInput((Fault(path, str(error)),)) from error


def _sign_in(given: SecretSettings | CertificateSettings, vault: Vault, path: str) -> "SignIn":
    from scheduler.sync.backends.graph import ByCertificate, BySecret

    who = given.model_dump(include={"tenant", "client_id", "cloud"})
    if isinstance(given, SecretSettings):
        return BySecret(**who, client_secret=vault.reveal(given.client_secret, f"{path}.client_secret"))
    try:
        certificate = given.certificate.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput((Fault(f"{path}.certificate", f"can't be read: {error}"),)) from error
    return ByCertificate(
        **who, private_key=vault.reveal(given.private_key, f"{path}.private_key"), certificate=certificate
    )
