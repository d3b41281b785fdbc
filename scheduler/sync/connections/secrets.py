"""Secrets that a file may speak of without holding them: in the environment, or encrypted under keys that are there."""

import os
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr, ValidationInfo, model_validator

from scheduler.domain.base import Value
from scheduler.domain.errors import Fault, InvalidInput

KEYS = "FIELDPLAN_KEYS"
"""The environment variable with the keys, separated by commas; the first one encrypts, all of them decrypt."""


class Secret(Value):
    """`{ env = "NAME" }` or `{ encrypted = "..." }`, as `fieldplan sync encrypt` prints it.

    Validated with a `Vault` as context, it is given as it is, as text, and encrypted at once. Nothing else is taken
    then, so that whoever sends settings can't read the environment of whoever keeps them.
    """

    env: str | None = None
    encrypted: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _not_plain(cls, given: Any, info: ValidationInfo) -> Any:
        if isinstance(info.context, Vault):
            if not isinstance(given, str) or not given:
                raise ValueError("give the secret itself, as text")
            return {"encrypted": info.context.encrypt(given)}
        if isinstance(given, str):
            raise ValueError('is a plain secret; give { env = "NAME" } or { encrypted = "..." }')
        return given

    @model_validator(mode="after")
    def _one(self) -> "Secret":
        if (self.env is None) == (self.encrypted is None):
            raise ValueError("give either env or encrypted")
        return self


class Vault:
    """Reveals secrets. It never shows one in a log, a repr or an error."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment

    def reveal(self, secret: Secret, path: str) -> SecretStr:
        """The secret itself. Raises InvalidInput, which names where it was asked for."""
        if secret.env is not None:
            value = self._environment.get(secret.env)
            if not value:
                raise InvalidInput((Fault(path, f"the environment variable {secret.env} is not set; set it"),))
            return SecretStr(value)
        assert secret.encrypted is not None
        try:
            return SecretStr(self._keys().decrypt(secret.encrypted.encode()).decode())
        except InvalidToken:
            wrong = f"can't be decrypted by any key in {KEYS}; encrypt it again"
            raise InvalidInput((Fault(path, wrong),)) from None

    def encrypt(self, plain: str) -> str:
        return self._keys().encrypt(plain.encode()).decode()

    def again(self, encrypted: str) -> str:
        """The same secret under the first key. Raises InvalidToken where no key opens it."""
        return self._keys().rotate(encrypted.encode()).decode()

    def _keys(self) -> MultiFernet:
        given = [key.strip() for key in self._environment.get(KEYS, "").split(",") if key.strip()]
        try:
            return MultiFernet([Fernet(key) for key in given])
        except ValueError:
            wrong = "holds no key or a malformed one; make one by `fieldplan sync key`"
            raise InvalidInput((Fault(KEYS, wrong),)) from None


def new_key() -> str:
    return Fernet.generate_key().decode()
