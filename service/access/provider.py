"""Signing in at an identity provider by OpenID Connect: Entra ID and others. Code flow with PKCE."""

import time
import warnings
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.access.identity import Attempt, Identity, ProviderFailed

with warnings.catch_warnings():  # it asks for the successor of httpx, which the rest of the house does not use
    warnings.simplefilter("ignore")
    from authlib.integrations.httpx_client import OAuth2Client

SCOPE = "openid profile email"
SIGNED_BY = ["RS256", "PS256", "ES256"]
KEPT_SECONDS = 3600
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 10


class Provider:
    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect: str) -> None:
        self.issuer = issuer.rstrip("/")
        self._client = client_id, client_secret
        self._redirect = redirect
        self._known: dict[str, tuple[float, Any]] = {}

    def address(self, attempt: Attempt) -> str:
        """Where to send the browser."""
        endpoint = self._described()["authorization_endpoint"]
        with self._speaking() as client:
            url, _ = client.create_authorization_url(
                endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
            )
        return str(url)

    def identity(self, attempt: Attempt, code: str) -> Identity:
        """Who came back with that code. Raises ProviderFailed unless everything fits together."""
        endpoint = self._described()["token_endpoint"]
        try:
            with self._speaking() as client:
                token = client.fetch_token(endpoint, code=code, code_verifier=attempt.verifier)
            claims = self._claims(token, attempt.nonce)
            return Identity(self.issuer, claims["sub"], str(claims.get("name") or claims.get("email") or ""))
        except (httpx.HTTPError, AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            raise ProviderFailed(f"{self.issuer} gave no identity: {error}") from error

    def _claims(self, token: Any, nonce: str) -> CodeIDToken:
        read = self._decoded(token["id_token"])
        options = {
            "iss": {"essential": True, "value": self._described()["issuer"]},
            "aud": {"essential": True, "value": self._client[0]},
            "sub": {"essential": True},
        }
        params = {"nonce": nonce, "client_id": self._client[0], "access_token": token.get("access_token")}
        claims = CodeIDToken(read.claims, read.header, options, params)
        claims.validate(leeway=LEEWAY_SECONDS)
        return claims

    def _decoded(self, token: str) -> jwt.Token:
        """Keys change: when none fits, they are read once more."""
        try:
            return jwt.decode(token, self._keys(), algorithms=SIGNED_BY)
        except (JoseError, ValueError):
            self._known.pop(self._described()["jwks_uri"], None)
            return jwt.decode(token, self._keys(), algorithms=SIGNED_BY)

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(self._read(self._described()["jwks_uri"]))

    def _described(self) -> dict[str, Any]:
        found: dict[str, Any] = self._read(f"{self.issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self.issuer:
            raise ProviderFailed(f"{self.issuer} says it is {found.get('issuer')!r}")
        return found

    def _read(self, url: str) -> Any:
        until, found = self._known.get(url, (0.0, None))
        if time.monotonic() < until:
            return found
        try:
            found = httpx.get(url, timeout=TIMEOUT_SECONDS).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderFailed(f"{url} does not answer: {error}") from error
        self._known[url] = time.monotonic() + KEPT_SECONDS, found
        return found

    def _speaking(self) -> Any:
        name, secret = self._client
        return OAuth2Client(
            name,
            secret,
            scope=SCOPE,
            redirect_uri=self._redirect,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
        )
