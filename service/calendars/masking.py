"""Secrets inside settings: encrypted where they are kept, a mask where they are shown."""

from collections.abc import Mapping
from typing import Any

from scheduler.domain.errors import Fault
from scheduler.sync.connections.secrets import Secret, Vault
from service.http.problems import invalid

MASK = "********"
WHERE = frozenset({"kind", "url", "host", "port", "cloud", "token_url"})
"""What says where a secret is sent. When that changes the secret is asked for again: a mask must not send it there."""


def masked(kept: Any) -> Any:
    """Settings as they are shown."""
    if isinstance(kept, Mapping):
        if kept.keys() == Secret.model_fields.keys():
            return MASK
        return {name: masked(part) for name, part in kept.items()}
    return [masked(part) for part in kept] if isinstance(kept, list) else kept


def unmasked(given: dict[str, Any], kept: Mapping[str, Any] | None, vault: Vault) -> dict[str, Any]:
    """Settings as they are sent, with the kept secret where a mask says that it stays."""
    faults: list[Fault] = []
    same_place = kept is not None and addresses(given) == addresses(masked(kept))

    def reveal(part: Any, before: Any, path: str) -> Any:
        if isinstance(part, dict):
            known = before if isinstance(before, Mapping) else {}
            return {name: reveal(p, known.get(name), f"{path}.{name}" if path else name) for name, p in part.items()}
        if part != MASK:
            return part
        if isinstance(before, Mapping) and before.keys() == Secret.model_fields.keys() and same_place:
            return vault.reveal(Secret.model_validate(before), path).get_secret_value()
        faults.append(Fault(path, "is a mask; give the secret itself, as it is new or goes to another server"))
        return part

    found: dict[str, Any] = reveal(given, kept, "")
    if faults:
        raise invalid(faults)
    return found


def addresses(value: Any) -> Any:
    """All of the settings that say where something is sent."""
    if not isinstance(value, Mapping):
        return None
    own = {name: part for name, part in value.items() if name in WHERE}
    inner = {name: found for name, part in value.items() if (found := addresses(part))}
    return own | inner
