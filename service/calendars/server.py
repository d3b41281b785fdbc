"""A calendar server as it is kept: the library's settings, with nothing that would read this machine's files."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from scheduler.domain.errors import Fault, InvalidInput, faults_in
from scheduler.sync.connections.graph import PEM, CertificateSettings, DelegatedSettings
from scheduler.sync.connections.opening import open_backend
from scheduler.sync.connections.secrets import Vault
from scheduler.sync.connections.settings import (
    CalDavConnection,
    ExchangeConnection,
    GraphConnection,
    ITipConnection,
)
from scheduler.sync.port import Backend
from service.http.problems import invalid

Server = ExchangeConnection | GraphConnection | CalDavConnection | ITipConnection
KINDS: TypeAdapter[Server] = TypeAdapter(Annotated[Server, Field(discriminator="kind")])
TAGS = frozenset({"exchange", "graph", "caldav", "itip"})


def server(given: dict[str, Any], vault: Vault) -> Server:
    """The settings that were sent, their secrets encrypted. Raises with all that is wrong."""
    vault.encrypt("")  # without keys nothing is right
    try:
        found = KINDS.validate_python(given, context=vault)
    except ValidationError as error:
        raise invalid(faults_in({**line, "loc": _plain(line["loc"])} for line in error.errors())) from None
    if faults := _of_this_machine(found) or _unusable(found, vault):
        raise invalid(faults)
    return found


def kept(value: dict[str, Any]) -> Server:
    return KINDS.validate_python(value)


def opened(value: Server, vault: Vault, name: str) -> Backend:
    """Opens no connection yet."""
    return open_backend(value, vault, name)


def _plain(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Without the kind, which pydantic puts before the field."""
    return location[1:] if location and location[0] in TAGS else location


def _of_this_machine(found: Server) -> list[Fault]:
    if not isinstance(found, GraphConnection):
        return []
    if isinstance(found.sign_in, DelegatedSettings):
        return [Fault("sign_in.method", "is for the command line; give secret or certificate")]
    if isinstance(found.sign_in, CertificateSettings) and not found.sign_in.certificate.startswith(PEM):
        return [Fault("sign_in.certificate", f"is no PEM; give the text that begins with {PEM}")]
    return []


def _unusable(found: Server, vault: Vault) -> list[Fault]:
    """What only opening tells, such as an address without TLS."""
    try:
        opened(found, vault, "").close()
    except InvalidInput as error:
        return [Fault(fault.path.lstrip("."), fault.message) for fault in error.faults]
    return []
