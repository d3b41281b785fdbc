"""The routes of the app, and how one is asked."""

import re

from service.app import create_app
from service.http.permit import permissions
from service.settings import Settings
from tests.service.conftest import BASE
from tests.service.matrix.filled import HORIZON
from tests.service.matrix.rules import OPEN, expected

ROUTES = [(method, path, asked) for method, path, asked in permissions(create_app(Settings(demo=False)))]
GUARDED = [(method, path) for method, path, _ in ROUTES if expected(method, path) not in (OPEN, None)]
WITH_IDS = [(method, path) for method, path in GUARDED if "{" in path]
STREAM = f"{BASE}/events"
LISTS = [path for method, path in GUARDED if method == "GET" and "{" not in path and path != STREAM]
BETWEEN = {"since": HORIZON["start"], "until": HORIZON["end"]}
QUERY: dict[str, dict[str, str]] = {
    f"{BASE}/problem": BETWEEN,
    f"{BASE}/export": {"format": "json", **BETWEEN},
}
OF_A_KIND = re.compile(r"\{(\w+)(?::path)?\}")


def named(path: str, ids: dict[str, str] | str) -> str:
    return OF_A_KIND.sub(lambda match: ids if isinstance(ids, str) else ids[match[1]], path)


def part(path: str) -> str:
    return path.removeprefix(f"{BASE}/").partition("/")[0]
