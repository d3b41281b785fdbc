"""Tokens by msal, over TLS, and that none of them is ever shown."""

import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from scheduler.cli.app import app
from scheduler.domain.errors import InvalidInput
from scheduler.sync.backends.graph import ByCertificate, BySecret, Delegated, Graph
from scheduler.sync.connections.graph import person
from scheduler.sync.connections.secrets import KEYS, Vault, new_key
from scheduler.sync.connections.settings import read_settings
from scheduler.sync.errors import Denied, SyncError, Unreachable
from tests.sync.backends.contract import WINDOW, an_event
from tests.sync.backends.ews import certificate
from tests.sync.backends.graph_double.answer import Answer
from tests.sync.backends.graph_double.fixtures import WithGraph
from tests.sync.backends.graph_double.login import CLIENT, TENANT, Login
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.backends.people import OLENA

SECRET = "the~application's~secret"


class Kept:
    """A token cache in memory."""

    def __init__(self) -> None:
        self.state = ""

    def load(self) -> str:
        return self.state

    def save(self, state: str) -> None:
        self.state = state


@pytest.fixture
def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Login]:
    files = certificate.make(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", files[0])
    login = Login(files, SECRET)
    yield login
    login.close()


def by_secret(login: Login, **other: str) -> BySecret:
    given = {"tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET, "cloud": login.url}
    return BySecret.model_validate({**given, **other})


class TestSecret:
    def test_one_token_serves_until_it_is_refused(self, login: Login) -> None:
        signed = by_secret(login)
        assert [signed.token(), signed.token()] == ["access-token-1"] * 2
        signed.forget()
        assert signed.token() == "access-token-2"

    @pytest.mark.parametrize(
        "wrong",
        [{"client_secret": "guess"}, {"client_id": "66666666-2222-3333-4444-555555555555"}, {"tenant": "other"}],
    )
    def test_a_refusal_is_denied(self, login: Login, wrong: dict[str, str]) -> None:
        with pytest.raises(Denied) as denied:
            by_secret(login, **wrong).token()
        assert "guess" not in str(denied.value)

    def test_nobody_answers(self, login: Login) -> None:
        signed = by_secret(login)
        login.close()
        with pytest.raises(Unreachable):
            signed.token()
        signed = by_secret(login, cloud="https://localhost:9")
        with pytest.raises(Unreachable):
            signed.token()

    def test_an_answer_that_is_no_token(self, login: Login) -> None:
        for status, body in ((200, b"<html>sign in to the hotel</html>"), (503, b"later")):
            login.broken = (status, body)
            with pytest.raises(Unreachable):
                by_secret(login).token()

    def test_a_certificate_that_nobody_vouches_for_gets_no_secret(
        self, login: Login, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        with pytest.raises(Unreachable):
            by_secret(login).token()
        assert login.given == 0


class TestCertificate:
    def test_an_assertion_is_signed(self, login: Login) -> None:
        key, public = key_pair()
        given = {"tenant": TENANT, "client_id": CLIENT, "cloud": login.url, "private_key": key, "certificate": public}
        login.key = x509.load_pem_x509_certificate(public.encode()).public_key()
        signed = ByCertificate.model_validate(given)
        assert signed.token() == "access-token-1"
        assert "PRIVATE" not in repr(signed)

    def test_a_key_that_is_none_is_denied(self, login: Login) -> None:
        given = {"tenant": TENANT, "client_id": CLIENT, "cloud": login.url, "private_key": "x", "certificate": "y"}
        with pytest.raises(Denied, match="check"):
            ByCertificate.model_validate(given).token()


class TestDelegated:
    def test_a_person_signs_in_once(self, login: Login) -> None:
        kept = Kept()
        person = Delegated(TENANT, CLIENT, kept, cloud=login.url)
        with pytest.raises(Denied, match="device code"):
            person.token()
        flow = person.begin()
        assert flow["message"] == "type ABC-DEF"
        login.signed_in = True
        person.finish(flow)
        assert person.token() == "access-token-1"
        after_a_restart = Delegated(TENANT, CLIENT, kept, cloud=login.url)
        assert after_a_restart.token() == "access-token-1"
        after_a_restart.forget()
        assert after_a_restart.token() == "access-token-2"
        assert Delegated(TENANT, CLIENT, kept, cloud=login.url).token() == "access-token-2"

    def test_a_sign_in_that_was_revoked_is_denied(self, login: Login) -> None:
        person = Delegated(TENANT, CLIENT, Kept(), cloud=login.url)
        login.signed_in = True
        person.finish(person.begin())
        login.refresh = "another"
        person.forget()
        with pytest.raises(Denied, match="AADSTS700082"):
            person.token()


class TestCommand:
    """`fieldplan sync sign-in`."""

    @pytest.fixture
    def file(self, login: Login, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv(KEYS, new_key())
        monkeypatch.setenv("SECRET", "of the tests")
        file = tmp_path / "calendars.toml"
        file.write_text(f"""
            secret = {{ env = "SECRET" }}
            [connections.office]
            kind = "graph"
            [connections.office.sign_in]
            method = "person"
            tenant = "{TENANT}"
            client_id = "{CLIENT}"
            cloud = "{login.url}"
            cache = "{tmp_path / "cache"}"
            [connections.dry]
            kind = "memory"
            """)
        return file

    def test_a_sign_in_is_kept_encrypted(self, login: Login, file: Path, tmp_path: Path) -> None:
        login.signed_in = True
        done = CliRunner().invoke(app, ["sync", "sign-in", "office", "--connections", str(file)])
        assert done.exit_code == 0 and "type ABC-DEF" in done.output
        kept = tmp_path / "cache"
        assert b"token" not in kept.read_bytes() and kept.stat().st_mode & 0o077 == 0
        given: Any = read_settings(file).connections["office"]
        assert person(given.sign_in, Vault(), "sign_in").token() == "access-token-1"
        with pytest.raises(InvalidInput, match="decrypted"):
            person(given.sign_in, Vault({KEYS: new_key()}), "sign_in").token()

    def test_other_connections_have_nobody_to_sign_in(self, file: Path) -> None:
        done = CliRunner().invoke(app, ["sync", "sign-in", "dry", "--connections", str(file)])
        assert isinstance(done.exception, InvalidInput) and "connections.dry.sign_in" in str(done.exception)


class TestQuiet(WithGraph):
    def test_no_secret_and_no_token_is_ever_shown(
        self, login: Login, server: GraphServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        server.token = "access-token-1"
        signed = by_secret(login)
        backend = Graph(signed, url=server.url)
        backend.create(OLENA, an_event())
        backend.changes(OLENA, None, WINDOW)
        shown = [repr(signed), str(signed), repr(backend), repr(vars(backend))]
        for answer in (Answer(500, None), Answer(401, {"error": {"code": "InvalidAuthenticationToken"}}), Answer(200)):
            server.fail = lambda method, path, answer=answer: answer  # type: ignore[misc]
            for ask in (lambda: backend.find(OLENA, "x"), lambda: backend.create(OLENA, an_event("u2"))):
                try:
                    ask()
                except SyncError as error:
                    shown += [str(error), *traceback.format_exception(error)]
        server.close()
        with pytest.raises(SyncError) as lost:
            backend.find(OLENA, "x")
        shown += traceback.format_exception(lost.value)
        said = caplog.text + "".join(shown)
        assert "localhost" in said
        for secret in (SECRET, "access-token-"):
            assert secret not in said


def key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fieldplan")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    open_key = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return open_key.decode(), made.public_bytes(serialization.Encoding.PEM).decode()
