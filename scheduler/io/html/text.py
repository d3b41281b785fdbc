"""Everything that people wrote goes through `e` before it stands in the page."""

from html import escape
from urllib.parse import urlsplit

LINKS = frozenset({"http", "https", "mailto", "tel"})


def e(given: object) -> str:
    """The text, harmless in elements and in quoted attributes."""
    return escape(str(given), quote=True)


def link(address: str) -> str:
    """A link where the address is one that a click may follow; otherwise its text."""
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        scheme = ""
    return f'<a href="{e(address)}" rel="noopener noreferrer">{e(address)}</a>' if scheme in LINKS else e(address)
