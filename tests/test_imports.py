"""`import scheduler` is cheap: what is slow to load waits until it is needed."""

import json
import subprocess
import sys

SLOW = {"matplotlib", "numba", "ortools"}


def test_importing_the_library_loads_nothing_slow() -> None:
    code = "import json, sys, scheduler; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not SLOW & set(json.loads(done.stdout))
