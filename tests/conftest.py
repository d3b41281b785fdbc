"""Hypothesis profiles: `ci` repeats itself exactly, `full` looks further (HYPOTHESIS_PROFILE=full)."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, max_examples=50, deadline=None)
settings.register_profile("full", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
