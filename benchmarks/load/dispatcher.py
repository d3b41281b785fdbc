"""What a dispatcher does with a draft of their own, over HTTP."""

from functools import cached_property
from typing import Any

import httpx

BASE = "/api/v1"


class Dispatcher:
    """Copies a plan, and always names the version that was seen last."""

    def __init__(self, client: httpx.Client, former: str) -> None:
        made = client.post(f"{BASE}/plans", json={"origin": former}).raise_for_status()
        self.plan: str = made.json()["id"]
        self._client, self._etag, self._edits = client, made.headers["ETag"], 0

    def load(self) -> httpx.Response:
        return self._client.get(f"{BASE}/plans/{self.plan}").raise_for_status()

    @cached_property
    def bookings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.load().json()["plan"]["bookings"]
        return found

    def edit(self) -> None:
        """Hold somebody where they are."""
        booking = self.bookings[self._edits * 37 % len(self.bookings)]
        held = {name: booking[name] for name in ("activity", "requirement", "ordinal", "resource")}
        self._send("edits", {"locks": [{**held, "kind": "resource", "why": "the customer asked for them"}]})
        self._edits += 1

    def publish(self) -> None:
        self._send("publish", {"why": "load"})

    def _send(self, what: str, given: dict[str, Any]) -> None:
        answer = self._client.post(f"{BASE}/plans/{self.plan}/{what}", json=given, headers={"If-Match": self._etag})
        self._etag = answer.raise_for_status().headers["ETag"]
