"""Options that several commands share, and what they mean."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.instances import DATA_VARIABLE, data_folder
from benchmarks.sets import SETS
from benchmarks.sets.base import AnySet

SetName = Annotated[str | None, typer.Option("--set", help=f"One of {', '.join(SETS)}.")]
Data = Annotated[Path | None, typer.Option("--data", envvar=DATA_VARIABLE, help="The folder with the sets.")]


def named(name: str) -> AnySet:
    """Return the set of that name; the command line's own error where there is none."""
    if name not in SETS:
        raise typer.BadParameter(f"there is no set {name}; the sets are {', '.join(SETS)}")
    return SETS[name]


def existing(data: Path | None) -> Path:
    """Return the folder with the sets; the command line's own error where none is named or there."""
    folder = data_folder(data)
    if folder is None:
        raise typer.BadParameter(f"name an existing folder by --data or {DATA_VARIABLE}")
    return folder
