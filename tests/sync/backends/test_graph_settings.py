"""Microsoft 365 in a connections file."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduler.domain.errors import InvalidInput
from scheduler.sync.backends.graph import Graph
from scheduler.sync.connections.opening import open_backend
from scheduler.sync.connections.secrets import Vault
from scheduler.sync.connections.settings import AnyConnection

VAULT = Vault({"S": "application-secret"})
SIGN_IN = {"method": "secret", "tenant": "contoso", "client_id": "c", "client_secret": {"env": "S"}}


def opened(**other: Any) -> object:
    given: Any = TypeAdapter(AnyConnection).validate_python({"kind": "graph", "sign_in": SIGN_IN, **other})
    return open_backend(given, VAULT, "connections.office")


def test_it_opens_without_asking_anybody() -> None:
    backend = opened()
    assert isinstance(backend, Graph) and backend.client.url == "https://graph.microsoft.com/v1.0"
    backend.close()


def test_a_certificate_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("-----BEGIN CERTIFICATE-----")
    by = {"method": "certificate", "tenant": "contoso", "client_id": "c", "private_key": {"env": "S"}}
    backend = opened(sign_in={**by, "certificate": str(tmp_path / "c.pem")})
    assert isinstance(backend, Graph)
    backend.close()
    with pytest.raises(InvalidInput, match=r"connections\.office\.sign_in\.certificate"):
        opened(sign_in={**by, "certificate": str(tmp_path / "none.pem")})


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"url": "http://graph.example.com/v1.0"}, "https alone"),
        ({"sign_in": {**SIGN_IN, "client_secret": {"env": "NONE"}}}, r"sign_in\.client_secret"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        opened(**wrong)


def test_a_plain_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="plain secret"):
        opened(sign_in={**SIGN_IN, "client_secret": "application-secret"})
