"""Passwords of local accounts, hashed by Argon2."""

from functools import cache

from pwdlib import PasswordHash

HASHES = PasswordHash.recommended()


def hashed_password(password: str) -> str:
    return HASHES.hash(password)


def is_password(password: str, hash: str | None) -> bool:
    """Takes as long for somebody who is not there, so that time does not tell who is."""
    return HASHES.verify(password, hash or _nobodys()) and hash is not None


@cache
def _nobodys() -> str:
    return HASHES.hash("nobody has this password")
