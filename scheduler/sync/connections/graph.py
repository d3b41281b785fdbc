"""The settings of Microsoft 365. msal is loaded when a connection is opened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from scheduler.domain.base import Id, Value
from scheduler.domain.errors import Fault, InvalidInput
from scheduler.sync.connections.secrets import Secret, Vault
from scheduler.sync.port import Backend

if TYPE_CHECKING:
    from scheduler.sync.backends.graph import Delegated, SignIn


PEM = "-----BEGIN "


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
    """`certificate` is PEM, or a file in PEM; its private key is a secret."""

    method: Literal["certificate"]
    private_key: Secret
    certificate: str


class DelegatedSettings(_Registered):
    """Somebody signed in by a code. `cache` is the file that keeps it, encrypted under the keys of the secrets."""

    method: Literal["person"]
    cache: Path


class GraphSettings(Value):
    """Who asks, and where Graph answers."""

    url: str = "https://graph.microsoft.com/v1.0"
    sign_in: Annotated[SecretSettings | CertificateSettings | DelegatedSettings, Field(discriminator="method")]


def open_graph(given: GraphSettings, vault: Vault, path: str) -> Backend:
    """Opens no connection yet. Raises InvalidInput, which names what has to be corrected."""
    from scheduler.sync.backends.graph import Graph

    sign_in = _sign_in(given.sign_in, vault, f"{path}.sign_in")
    try:
        return Graph(sign_in, url=given.url)
    except ValueError as error:
        raise InvalidInput((Fault(path, str(error)),)) from error


class Sealed:
    """A person's sign-in in a file, encrypted, for its owner's eyes alone."""

    def __init__(self, file: Path, vault: Vault, path: str) -> None:
        self._file, self._vault, self._path = file, vault, path

    def load(self) -> str:
        if not self._file.exists():
            return ""
        sealed = Secret(encrypted=self._file.read_text(encoding="ascii"))
        return self._vault.reveal(sealed, self._path).get_secret_value()

    def save(self, state: str) -> None:
        """Whoever reads meanwhile sees the old state or the new one."""
        new = self._file.with_name(f"{self._file.name}.new")
        new.touch(mode=0o600)
        new.write_text(self._vault.encrypt(state), encoding="ascii")
        new.replace(self._file)


def person(given: DelegatedSettings, vault: Vault, path: str) -> "Delegated":
    """Who has signed in, or is about to."""
    from scheduler.sync.backends.graph import Delegated

    return Delegated(given.tenant, given.client_id, Sealed(given.cache, vault, f"{path}.cache"), cloud=given.cloud)


def _sign_in(given: SecretSettings | CertificateSettings | DelegatedSettings, vault: Vault, path: str) -> "SignIn":
    from scheduler.sync.backends.graph import ByCertificate, BySecret

    if isinstance(given, DelegatedSettings):
        return person(given, vault, path)
    who = given.model_dump(include={"tenant", "client_id", "cloud"})
    if isinstance(given, SecretSettings):
        return BySecret(**who, client_secret=vault.reveal(given.client_secret, f"{path}.client_secret"))
    key = vault.reveal(given.private_key, f"{path}.private_key")
    return ByCertificate(**who, private_key=key, certificate=_certificate(given.certificate, f"{path}.certificate"))


def _certificate(given: str, path: str) -> str:
    if given.startswith(PEM):
        return given
    try:
        return Path(given).read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise InvalidInput((Fault(path, f"can't be read: {error}"),)) from error
