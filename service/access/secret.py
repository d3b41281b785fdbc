"""Secrets that are shown once. Only a hash is kept.

A plain hash is enough: a secret has 256 random bits, so there is nothing to guess.
"""

import hashlib
import hmac
from secrets import token_urlsafe


def new_secret(prefix: str = "") -> str:
    return prefix + token_urlsafe(32)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def derived(secret: str, purpose: str) -> str:
    """Another secret, which tells nothing of the first."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether they are equal, in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())
