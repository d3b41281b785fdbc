#!/usr/bin/env python3
"""One door to the project: `python3 run.py test`. Needs Python and pip alone; makes its own `.venv`."""

import sys

if not (3, 11) <= sys.version_info[:2] < (3, 14):
    sys.exit("fieldplan needs Python 3.11, 3.12 or 3.13; " + sys.executable + " is " + sys.version.split()[0])

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
LOCK = ROOT / "requirements.lock"
BENCH_LOCK = ROOT / "requirements-bench.lock"

Args = list[str]

FIRST: list[Args] = [
    ["ruff", "check"],
    ["ruff", "format", "--check"],
    ["mypy"],
    ["lint-imports"],
    ["fieldplan", "warmup"],  # or tests that kill what searches would compile again and again
]


def fingerprint(*locks: Path) -> str:
    """Say what the environment is made from; the tools' own settings in pyproject.toml are no part of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    made_from = [sys.version, str(ROOT), json.dumps([project["build-system"], project["project"]])]
    digest = hashlib.sha256("\n".join(made_from).encode())
    for lock in locks:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text(encoding="utf-8") == wanted


def pip(*arguments: str) -> None:
    command = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    done = subprocess.run([*command, *arguments], cwd=ROOT)
    if done.returncode:
        sys.exit("pip could not install what the project needs; see above")


def prepare() -> None:
    """Make `.venv` hold exactly the lock and the project itself; do nothing when it does already."""
    stamp, wanted = VENV / ".stamp", fingerprint(LOCK)
    if stamped(stamp, wanted):
        return
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        sys.exit("Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv")
    print("Preparing .venv (once for each change of the lock) ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip("--require-hashes", "--only-binary", ":all:", "-r", str(LOCK))
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.write_text(wanted, encoding="utf-8")


def prepare_bench() -> None:
    stamp, wanted = VENV / ".stamp-bench", fingerprint(LOCK, BENCH_LOCK)
    if not stamped(stamp, wanted):
        pip("--require-hashes", "--only-binary", ":all:", "-r", str(BENCH_LOCK))
        stamp.write_text(wanted, encoding="utf-8")


def call(command: str, *arguments: str) -> int:
    """Run one of `.venv`'s commands, wait for it, return its exit code."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    return subprocess.run([str(BIN / command), *arguments], cwd=ROOT, env={**os.environ, "PATH": path}).returncode


def inspect(pytest: Args) -> int:
    """Run every step even after a failure; pytest closes, so that its summary is the last thing printed."""
    failed = []
    for command in FIRST:
        print("==", *command, flush=True)
        if call(*command):
            failed.append(" ".join(command))
    print("== pytest", f"(failed before it: {', '.join(failed)})" if failed else "", flush=True)
    return call("pytest", *pytest) or int(bool(failed))


def demo(rest: Args) -> int:
    return call("fieldplan", "demo", *rest)


def test(rest: Args) -> int:
    return inspect(rest)


def check(rest: Args) -> int:
    return inspect(["-m", "not slow", *rest])


def serve(rest: Args) -> int:
    return call("fieldplan", "serve", *rest)


def bench(rest: Args) -> int:
    prepare_bench()
    return call("python", "-m", "benchmarks", *rest)


def docs(rest: Args) -> int:
    return call("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", *rest, "docs", "docs/_build")


COMMANDS: dict[str, tuple[Callable[[Args], int], str]] = {
    "demo": (demo, "plan an example and show it"),
    "test": (test, "everything CI runs: ruff, mypy, lint-imports, pytest"),
    "check": (check, "the same without the slow tests, for each commit"),
    "serve": (serve, "start the service"),
    "bench": (bench, "measure against published results and peers"),
    "docs": (docs, "build the documentation into docs/_build"),
}


def main(arguments: Args) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: python3 run.py COMMAND [what is passed on to it]\n")
        print("\n".join(f"  {name:6} {about}" for name, (_, about) in COMMANDS.items()))
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    prepare()
    command, _ = COMMANDS[arguments[0]]
    return command(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
