"""What is known of a person who signs in at an identity provider, on the way and afterwards."""

from dataclasses import dataclass

from service.access.secret import derived


class ProviderFailed(Exception):
    """The provider does not answer, or answers what must not be trusted."""


@dataclass(frozen=True)
class Identity:
    """A person as the provider knows them. `subject` never changes; names do."""

    issuer: str
    subject: str
    name: str


@dataclass(frozen=True)
class Attempt:
    """One way through the provider and back. All that must be secret comes from what the browser's cookie holds."""

    secret: str

    @property
    def state(self) -> str:
        return derived(self.secret, "state")

    @property
    def nonce(self) -> str:
        return derived(self.secret, "nonce")

    @property
    def verifier(self) -> str:
        return derived(self.secret, "verifier")
