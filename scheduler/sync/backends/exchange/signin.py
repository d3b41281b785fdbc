"""How a connection proves who it is. Secrets show in no representation and in no log."""

from typing import Annotated, Any

import exchangelib
from exchangelib.account import Identity
from pydantic import SecretStr, UrlConstraints
from pydantic_core import Url

from scheduler.domain.base import Id, Value


class Basic(Value):
    """A service account by name and password. `Ntlm` is the same for servers that have Basic switched off."""

    username: Id
    password: SecretStr

    @property
    def auth_type(self) -> str:
        return str(exchangelib.BASIC)

    def credentials(self) -> Any:
        return exchangelib.Credentials(self.username, self.password.get_secret_value())


class Ntlm(Basic):
    """A service account as DOMAIN\\name and password."""

    @property
    def auth_type(self) -> str:
        return str(exchangelib.NTLM)


class OAuth(Value):
    """A registered application with a secret of its own (hybrid modern authentication, or AD FS).

    Attributes
    ----------
    token_url
        Where tokens are given, `https://login.microsoftonline.com/TENANT/oauth2/v2.0/token` or one's own AD FS.
    scope
        What the token is for: the server's address and `/.default`.
    mailbox
        Whom to act as where no mailbox is named, for room lists and busy time.
    """

    client_id: Id
    client_secret: SecretStr
    token_url: Annotated[Url, UrlConstraints(allowed_schemes=["https"])]
    scope: Id
    mailbox: Id

    @property
    def auth_type(self) -> str:
        return str(exchangelib.OAUTH2)

    def credentials(self) -> Any:
        return _Application(self)


SignIn = Basic | Ntlm | OAuth


class _Application(exchangelib.OAuth2Credentials):  # type: ignore[misc]
    """exchangelib's own knows Microsoft's cloud alone."""

    def __init__(self, given: OAuth) -> None:
        super().__init__(
            client_id=given.client_id,
            client_secret=given.client_secret.get_secret_value(),
            identity=Identity(primary_smtp_address=given.mailbox),
        )
        self._url, self._scope = str(given.token_url), given.scope

    @property
    def token_url(self) -> str:
        return self._url

    @property
    def scope(self) -> list[str]:
        return [self._scope]
