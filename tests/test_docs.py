"""Every example in the README and the documentation runs.

Within one file, ```python blocks share a namespace, and they and ```console blocks run in order in an empty directory.
In a console block `$ fieldplan ...` is run; `# exits 1` behind it states another exit code than 0. Other commands are
for people.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts)]
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (fieldplan\b.*?)(?:\s+# exits (\d+))?$", re.MULTILINE)


def run_commands(block: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for command, code in COMMAND.findall(block):
        done = subprocess.run(shlex.split(command), env={**os.environ, "PATH": path}, capture_output=True, text=True)
        assert done.returncode == int(code or 0), f"$ {command}\n{done.stdout}{done.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    namespace: dict[str, object] = {"__name__": "example"}
    for block in BLOCK.finditer(text):
        kind, source = block.groups()
        if kind == "console":
            run_commands(source)
        else:
            above = "\n" * text.count("\n", 0, block.start(2))  # so that a traceback tells the page's line
            exec(compile(above + source, str(page), "exec"), namespace)
