"""Whether our own mail server vouches for the sender of a mail (RFC 8601)."""

import re
from email.message import EmailMessage

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_RESULT = re.compile(r"^\s*([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)\b(.*)$", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"([a-z]+\.[a-z0-9-]+)\s*=\s*([^\s;]+)", re.IGNORECASE)


def vouched_for(mail: EmailMessage, sender: str, trusted: str) -> bool:
    """Whether the `trusted` host's own Authentication-Results says that the mail comes from the sender's domain.

    Servers put headers on top. So only the topmost counts: what stands below came with the mail. The server must add
    one to each mail that it takes in.
    """
    headers = mail.get_all("Authentication-Results", [])
    if not headers:
        return False
    host, *results = _bare(str(headers[0])).split(";")
    if host.split()[:1] != [trusted.lower()]:
        return False
    return any(_proves(result, sender.lower()) for result in results)


def _bare(header: str) -> str:
    """Without what can hide a forged result: quoted text, and comments however deep."""
    text = _QUOTED.sub(" ", header)
    while (less := _COMMENT.sub(" ", text)) != text:
        text = less
    return text.lower()


def _proves(result: str, sender: str) -> bool:
    found = _RESULT.match(result)
    if found is None or found[2] != "pass":
        return False
    properties: dict[str, str] = dict(_PROPERTY.findall(found[3]))
    domain = sender.rpartition("@")[2]
    if found[1] == "dmarc":
        return properties.get("header.from", "").rpartition("@")[2] == domain
    if found[1] == "dkim":
        given = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
        return _covers(given, domain)
    if found[1] == "spf":
        return properties.get("smtp.mailfrom", "").rpartition("@")[2] == domain
    return found[1] == "auth" and properties.get("smtp.auth") == sender


def _covers(signed: str, domain: str) -> bool:
    return "." in signed and (domain == signed or domain.endswith(f".{signed}"))
