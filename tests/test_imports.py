"""The library and the service load quickly: what is slow to load waits until it is needed."""

import json
import subprocess
import sys

import pytest

SLOW = {"matplotlib", "numba", "ortools"}
SOMETIMES = {"authlib", "caldav", "distributed", "exchangelib", "httpx", "msal", "openpyxl"}
"""What a service needs for some calendars, files or ways to sign in."""


@pytest.mark.parametrize(("module", "waiting"), [("scheduler", SLOW), ("service.command", SLOW | SOMETIMES)])
def test_importing_loads_nothing_slow(module: str, waiting: set[str]) -> None:
    code = f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not waiting & set(json.loads(done.stdout))
