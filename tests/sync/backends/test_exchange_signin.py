"""NTLM, OAuth and TLS on the wire."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from scheduler.sync.backends.exchange import Exchange, Ntlm, OAuth
from scheduler.sync.errors import Denied, Unclear, Unreachable
from tests.sync.backends.contract import WINDOW, an_event
from tests.sync.backends.ews import certificate
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.fixtures import WithExchange
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.people import OLENA


def works(backend: Exchange) -> bool:
    created = backend.create(OLENA, an_event())
    return [e.remote_id for e in backend.find(OLENA, "u1@fieldplan")] == [created.remote_id]


class TestNtlm(WithExchange):
    @pytest.fixture
    def server(self, double: Double, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EwsServer]:
        (tmp_path / "users").write_text("CORP:robot:secret\n")
        monkeypatch.setenv("NTLM_USER_FILE", str(tmp_path / "users"))
        server = EwsServer(double, ntlm=True)
        yield server
        server.close()

    def test_a_challenge_is_answered(self, server: EwsServer, connected: Callable[..., Exchange]) -> None:
        given = {"username": "CORP\\robot", "password": "secret"}
        assert works(connected(server.url, Ntlm.model_validate(given)))
        with pytest.raises(Denied):
            connected(server.url, Ntlm.model_validate({**given, "password": "guess"})).find(OLENA, "x")


class TestTls(WithExchange):
    @pytest.fixture
    def files(self, tmp_path: Path) -> tuple[str, str]:
        return certificate.make(tmp_path)

    @pytest.fixture
    def server(self, double: Double, files: tuple[str, str]) -> Iterator[EwsServer]:
        server = EwsServer(double, certificate=files)
        yield server
        server.close()
        assert server.complaints == []

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, backend: Exchange, server: EwsServer) -> None:
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            backend.create(OLENA, an_event())
        assert server.log == []

    def test_ones_own_authority_is_named_in_the_environment(
        self, backend: Exchange, files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", files[0])
        assert works(backend)

    @pytest.fixture
    def application(self, server: EwsServer, files: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", files[0])
        server.applications["app"] = ("app-secret", server.exchange.users["robot"])
        url = f"{server.base}/token"
        return {"client_id": "app", "client_secret": "app-secret", "token_url": url, "scope": "x", "mailbox": OLENA}

    def test_an_application_gets_a_token(
        self,
        server: EwsServer,
        application: dict[str, str],
        connected: Callable[..., Exchange],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            backend = connected(server.url, OAuth.model_validate(application))
            assert works(backend) and backend.rooms() == () and set(backend.busy([OLENA], WINDOW)) == {OLENA}
        assert {one.acting for one in server.log} == {OLENA}
        assert "app-secret" not in caplog.text and "token-0-of" not in caplog.text

    def test_a_wrong_secret_is_denied_before_anything_is_sent(
        self, server: EwsServer, application: dict[str, str], connected: Callable[..., Exchange]
    ) -> None:
        with pytest.raises(Denied):
            connected(server.url, OAuth.model_validate({**application, "client_secret": "guess"})).rooms()
        assert server.log == []

    def test_no_token_server_no_request(
        self, server: EwsServer, application: dict[str, str], connected: Callable[..., Exchange]
    ) -> None:
        away = {**application, "token_url": "https://localhost:1/token"}
        with pytest.raises(Unreachable):
            connected(server.url, OAuth.model_validate(away)).create(OLENA, an_event())

    def test_tokens_are_asked_for_over_tls_alone(self, application: dict[str, str]) -> None:
        with pytest.raises(ValidationError, match="token_url"):
            OAuth.model_validate({**application, "token_url": "http://login.example.com/token"})

    def test_a_token_server_that_falls_over_hides_no_lost_answer(
        self, server: EwsServer, application: dict[str, str], connected: Callable[..., Exchange]
    ) -> None:
        backend = connected(server.url, OAuth.model_validate(application))
        backend.find(OLENA, "x")
        server.applications.clear()
        server.close_after = "CreateItem"
        with pytest.raises(Unclear):
            backend.create(OLENA, an_event())
        server.close_after = ""
        with pytest.raises(Denied):
            backend.create(OLENA, an_event())
        assert server.operations().count("CreateItem") == 1
