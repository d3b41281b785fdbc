"""Requests to Graph: each is sent once, with a token, with ids that stay and times in UTC."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from scheduler.sync.backends.graph.errors import lost, meaning
from scheduler.sync.backends.graph.signin import SignIn
from scheduler.sync.backends.graph.throttle import Gates
from scheduler.sync.errors import Denied, NotFound, Unclear, Unreachable

PREFER = 'IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="text"'
BATCH = 20
"""Requests in one batch: the most that Graph takes. It carries out four of them at once for a mailbox."""

PLAIN = "$,():'"
"""What stands in a query as it is: OData's own signs."""

TIMEOUT = 60.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

Json = dict[str, Any]


class Client:
    """One application's way to Graph. Raises ValueError for an address that would send tokens in the clear."""

    def __init__(self, url: str, sign_in: SignIn) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError(f"url {url!r}: Graph is reached by https alone")
        self.url = url.rstrip("/")
        self._sign_in, self._gates = sign_in, Gates()
        self._http = httpx.Client(timeout=TIMEOUT, follow_redirects=False)

    def read(
        self,
        mailbox: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        page: int = 0,
        body: Json | None = None,
    ) -> Json:
        """What stands at the path, or at a link that Graph gave. With a body it is asked by POST."""
        prefer = f"{PREFER}, odata.maxpagesize={page}" if page else PREFER
        method = "GET" if body is None else "POST"
        return self._send(mailbox, method, path, writes=False, query=query, body=body, headers={"Prefer": prefer})

    def pages(self, mailbox: str, path: str, query: Mapping[str, str]) -> Iterator[Json]:
        """Everything that a list holds."""
        answer = self.read(mailbox, path, query)
        yield from rows(answer)
        while link := answer.get("@odata.nextLink"):
            answer = self.read(mailbox, link)
            yield from rows(answer)

    def write(self, mailbox: str, method: str, path: str, body: Json | None = None, version: str | None = None) -> Json:
        headers = {"Prefer": PREFER, **({"If-Match": version} if version is not None else {})}
        return self._send(mailbox, method, path, writes=True, body=body, headers=headers)

    def batch(self, mailbox: str, paths: Sequence[str]) -> list[Json | None]:
        """Several reads at a time; None where there is no such item."""
        return [found for n in range(0, len(paths), BATCH) for found in self._batch(mailbox, paths[n : n + BATCH])]

    def _batch(self, mailbox: str, paths: Sequence[str]) -> Iterator[Json | None]:
        requests = [
            {"id": str(n), "method": "GET", "url": path, "headers": {"Prefer": PREFER}} for n, path in enumerate(paths)
        ]
        answer = self._send(mailbox, "POST", "/$batch", writes=False, body={"requests": requests})
        by_id = {one["id"]: one for one in answer.get("responses", ())}
        for n in range(len(paths)):
            one = by_id.get(str(n))
            if one is None:
                raise Unreachable("Graph left out a part of its answer")
            yield _part(one)

    def _send(
        self,
        mailbox: str,
        method: str,
        path: str,
        *,
        writes: bool,
        query: Mapping[str, str] | None = None,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        signed = {**(headers or {}), "Authorization": f"Bearer {self._sign_in.token()}"}
        with self._gates.of(mailbox):
            try:
                answer = self._http.request(method, self._at(asked(path, query)), json=body, headers=signed)
            except httpx.HTTPError as error:
                raise lost(error, writes=writes) from error
        if answer.status_code == 401:
            self._sign_in.forget()
        if answer.status_code >= 300:
            raise meaning(answer.status_code, answer.headers, _decoded(answer), writes=writes)
        return _whole(answer, writes=writes)

    def _at(self, path: str) -> str:
        """The address of a path. A link is followed only where it leads back to the server that the token is for."""
        if path.startswith("/"):
            return self.url + path
        if not path.startswith(f"{self.url}/"):
            raise Denied("Graph gave a link to another server")
        return path

    def close(self) -> None:
        self._http.close()


def user(mailbox: str) -> str:
    return f"/users/{quote(mailbox, safe='@')}"


def event(mailbox: str, remote_id: str) -> str:
    return f"{user(mailbox)}/events/{quote(remote_id, safe='')}"


def rows(answer: Json) -> list[Json]:
    """What a list's answer holds."""
    found = answer.get("value")
    if not isinstance(found, list):
        raise Unreachable("the answer is not Graph's")
    return found


def asked(path: str, query: Mapping[str, str] | None) -> str:
    """The path with its query, as a batch takes it too."""
    return f"{path}?{urlencode(query, quote_via=quote, safe=PLAIN)}" if query else path


def _decoded(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _whole(answer: httpx.Response, *, writes: bool) -> Json:
    if not answer.content:
        return {}
    found = _decoded(answer)
    if isinstance(found, dict):
        return found
    raise (Unclear if writes else Unreachable)("the answer is not Graph's")


def _part(one: Json) -> Json | None:
    """One answer out of a batch."""
    status, body = int(one["status"]), one.get("body")
    if status < 300 and isinstance(body, dict):
        return body
    error = meaning(status, one.get("headers") or {}, body, writes=False)
    if isinstance(error, NotFound):
        return None
    raise error
