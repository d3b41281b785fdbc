"""Hypothesis profiles: `ci` repeats itself exactly, `full` looks further (HYPOTHESIS_PROFILE=full)."""

import os

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, max_examples=50, deadline=None)
settings.register_profile("full", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two Cyrus masters on one machine get in each other's way, so its tests run by themselves: FIELDPLAN_CYRUS=1."""
    skip = pytest.mark.skip(reason="tests of Cyrus run by themselves: FIELDPLAN_CYRUS=1 pytest -n 0 -k cyrus")
    for item in items if not os.environ.get("FIELDPLAN_CYRUS") else ():
        if (
            any("cyrus" in name for name in getattr(item, "fixturenames", ()))
            or "yrus" in item.nodeid
            or "TestInbox" in item.nodeid
        ):
            item.add_marker(skip)
