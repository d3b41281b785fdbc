"""Microsoft's own schemas, where `EWS_SCHEMA_DIR` names a folder that has them."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from tests.sync.backends.ews.soap import Element


@cache
def _schema() -> Any:
    folder = os.environ.get("EWS_SCHEMA_DIR")
    return etree.XMLSchema(etree.parse(Path(folder) / "messages.xsd")) if folder else None


def known() -> bool:
    return _schema() is not None


def complaint(message: Element) -> str | None:
    """What the schemas say against a request or an answer, taken out of its envelope."""
    schema = _schema()
    if schema is None or schema.validate(etree.fromstring(etree.tostring(message))):
        return None
    return str(schema.error_log)
