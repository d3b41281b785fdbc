"""How a connection proves who it is, by msal. Secrets and tokens show in no representation, log or error.

msal is loaded when somebody signs in: it takes as long as all else that the service needs for calendars.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from json import JSONDecodeError
from threading import Lock
from typing import Any, Protocol

from pydantic import PrivateAttr, SecretStr

from scheduler.domain.base import Id, Value
from scheduler.sync.errors import Denied, Unreachable

CLOUD = "https://login.microsoftonline.com"
TIMEOUT = 30
SCOPES = ["https://graph.microsoft.com/.default"]
DELEGATED_SCOPES = [
    "https://graph.microsoft.com/Calendars.ReadWrite.Shared",
    "https://graph.microsoft.com/Place.Read.All",
]


class SignIn(Protocol):
    """Gives tokens."""

    def token(self) -> str:
        """A token that is good now. Raises Denied or Unreachable; nothing was sent to a calendar then."""

    def forget(self) -> None:
        """Graph refused the last token though its time is not over: get another one next time."""


class TokenCache(Protocol):
    """Where a person's sign-in is kept between runs. It is as good as a password: whoever implements this encrypts."""

    def load(self) -> str: ...

    def save(self, state: str) -> None: ...


class _Application(Value, ABC):
    """What app-only sign-ins have in common.

    Attributes
    ----------
    tenant
        The directory's id or domain.
    client_id
        The registered application's id.
    cloud
        Where tokens are given; national clouds have addresses of their own.
    """

    tenant: Id
    client_id: Id
    cloud: str = CLOUD
    _made: Any = PrivateAttr(default=None)
    _lock: Any = PrivateAttr(default_factory=Lock)

    @abstractmethod
    def _credential(self) -> Any:
        """What msal takes for proof."""

    def token(self) -> str:
        with self._lock:
            return _asked(lambda: self._app().acquire_token_for_client(SCOPES))

    def forget(self) -> None:
        with self._lock:
            if self._made is not None:
                self._made.remove_tokens_for_client()

    def _app(self) -> Any:
        import msal

        if self._made is None:
            self._made = msal.ConfidentialClientApplication(
                self.client_id,
                authority=f"{self.cloud}/{self.tenant}",
                client_credential=self._credential(),
                instance_discovery=False,
                timeout=TIMEOUT,
            )
        return self._made


class BySecret(_Application):
    """A registered application with a secret."""

    client_secret: SecretStr

    def _credential(self) -> Any:
        return self.client_secret.get_secret_value()


class ByCertificate(_Application):
    """A registered application with a certificate, which can't be copied out of a settings page.

    Attributes
    ----------
    private_key, certificate
        Both in PEM.
    """

    private_key: SecretStr
    certificate: str

    def _credential(self) -> Any:
        return {"private_key": self.private_key.get_secret_value(), "public_certificate": self.certificate}


class Delegated:
    """A person, or a service account that somebody signed in once, with the calendars that they may write.

    `begin` shows what to type where; `finish` waits until that was done. Afterwards the refresh token in the cache is
    enough, until it is revoked or lies unused for 90 days.
    """

    def __init__(self, tenant: str, client_id: str, cache: TokenCache, *, cloud: str = CLOUD) -> None:
        self._cache, self._lock = cache, Lock()
        self._client_id, self._authority, self._again = client_id, f"{cloud}/{tenant}", False

    def begin(self) -> dict[str, Any]:
        """`message` is for the person, the whole for `finish`. Raises Denied or Unreachable."""
        with self._lock:
            flow: dict[str, Any] = _reached(lambda: self._app()[0].initiate_device_flow(scopes=DELEGATED_SCOPES))
        if "user_code" not in flow:
            raise Denied(f"no sign-in by device code: {_why(flow)}")
        return flow

    def finish(self, flow: dict[str, Any]) -> None:
        """Blocks until the person has signed in or the code is too old. Raises Denied or Unreachable."""
        with self._lock:
            app, cache = self._app()
            _asked(lambda: app.acquire_token_by_device_flow(flow))
            self._cache.save(cache.serialize())

    def token(self) -> str:
        with self._lock:
            app, cache = self._app()
            accounts = app.get_accounts()
            if not accounts:
                raise Denied("nobody has signed in; do so by device code")
            again, self._again = self._again, False
            try:
                return _asked(
                    lambda: (
                        app.acquire_token_silent_with_error(DELEGATED_SCOPES, account=accounts[0], force_refresh=again)
                        or {"error": "interaction_required"}
                    )
                )
            finally:
                if cache.has_state_changed:
                    self._cache.save(cache.serialize())

    def forget(self) -> None:
        self._again = True

    def _app(self) -> tuple[Any, Any]:
        """Made anew each time, so that what another process stored in the cache counts."""
        import msal

        cache = msal.SerializableTokenCache()
        if state := self._cache.load():
            cache.deserialize(state)
        return _reached(lambda: self._made(cache)), cache

    def _made(self, cache: Any) -> Any:
        import msal

        return msal.PublicClientApplication(
            self._client_id,
            authority=self._authority,
            token_cache=cache,
            instance_discovery=False,
            timeout=TIMEOUT,
        )


def _asked(ask: Callable[[], dict[str, Any]]) -> str:
    answer = _reached(ask)
    if "access_token" not in answer:
        raise Denied(f"no token was given: {_why(answer)}")
    return str(answer["access_token"])


def _reached(ask: Callable[[], Any]) -> Any:
    """msal raises whatever its HTTP client raises, and ValueError where the answer is none of its own."""
    try:
        return ask()
    except ValueError as error:
        if isinstance(error, JSONDecodeError):
            raise Unreachable("no token was given: the answer is not Microsoft's") from None
        raise Denied("the sign-in can't be used; check tenant, cloud and certificate") from None
    except Exception as error:
        raise Unreachable(f"no token could be asked for: {type(error).__name__}") from None


def _why(answer: dict[str, Any]) -> str:
    codes = ", ".join(f"AADSTS{code}" for code in answer.get("error_codes") or ())
    return " ".join(part for part in (str(answer.get("error", "no reason")), codes) if part)
