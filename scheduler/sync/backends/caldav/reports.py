"""What is asked of a server in XML, and its answers taken apart."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from scheduler.domain.interval import Interval
from scheduler.sync.backends.caldav.session import path_of
from scheduler.sync.errors import Unreachable

NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
DAV, CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
WITH_DATA = "<D:getetag/><C:calendar-data/>"


@dataclass(frozen=True)
class Found:
    """One resource of an answer."""

    path: str
    status: int
    props: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        element = self.props.get(name)
        return "" if element is None else (element.text or "").strip()

    def href(self, name: str) -> str | None:
        element = self.props.get(name)
        inner = None if element is None else element.find(f"{DAV}href")
        return None if inner is None or not inner.text else inner.text.strip()

    def kinds(self) -> set[str]:
        element = self.props.get(f"{DAV}resourcetype")
        return set() if element is None else {child.tag for child in element}


def propfind(*names: str) -> str:
    return f"<D:propfind {NAMESPACES}><D:prop>{''.join(f'<{name}/>' for name in names)}</D:prop></D:propfind>"


def in_window(window: Interval) -> str:
    return _query(f'<C:time-range start="{_utc(window.start)}" end="{_utc(window.end)}"/>')


def with_property(name: str, value: str) -> str:
    match = f'<C:text-match collation="i;octet">{escape(value)}</C:text-match>'
    return _query(f'<C:prop-filter name="{name}">{match}</C:prop-filter>')


def _query(condition: str) -> str:
    inner = f'<C:comp-filter name="VEVENT">{condition}</C:comp-filter>'
    wanted = f'<C:filter><C:comp-filter name="VCALENDAR">{inner}</C:comp-filter></C:filter>'
    return f"<C:calendar-query {NAMESPACES}><D:prop>{WITH_DATA}</D:prop>{wanted}</C:calendar-query>"


def multiget(paths: Iterable[str]) -> str:
    hrefs = "".join(f"<D:href>{escape(path)}</D:href>" for path in paths)
    return f"<C:calendar-multiget {NAMESPACES}><D:prop>{WITH_DATA}</D:prop>{hrefs}</C:calendar-multiget>"


def since(token: str) -> str:
    wanted = f"<D:sync-token>{escape(token)}</D:sync-token><D:sync-level>1</D:sync-level>"
    return f"<D:sync-collection {NAMESPACES}>{wanted}<D:prop><D:getetag/></D:prop></D:sync-collection>"


def free_busy(window: Interval) -> str:
    when = f'<C:time-range start="{_utc(window.start)}" end="{_utc(window.end)}"/>'
    return f"<C:free-busy-query {NAMESPACES}>{when}</C:free-busy-query>"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def parse(body: bytes) -> tuple[tuple[Found, ...], str]:
    """The resources of a multi-status answer, and its sync token. Raises Unreachable for half an answer."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise Unreachable(f"the answer is no XML: {error}") from error
    token = root.findtext(f"{DAV}sync-token") or ""
    return tuple(_found(one) for one in root.iterfind(f"{DAV}response")), token.strip()


def _found(response: Any) -> Found:
    props = {}
    for stat in response.iterfind(f"{DAV}propstat"):
        if _code(stat) == 200:
            props.update({prop.tag: prop for prop in stat.find(f"{DAV}prop") if isinstance(prop.tag, str)})
    return Found(path_of((response.findtext(f"{DAV}href") or "").strip()), _code(response), props)


def _code(element: Any) -> int:
    """The status of `HTTP/1.1 404 Not Found`, 200 where none is given."""
    parts = (element.findtext(f"{DAV}status") or "").split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 200
