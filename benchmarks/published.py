"""Published solutions that come with the sets: beside the instance, in a folder `best_solutions`, or in a table."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SolutionTexts = Iterator[tuple[Path, str]]


@dataclass(frozen=True)
class Published:
    """One published solution: its set, the instance's file, and the text in the set's own format."""

    set_name: str
    path: Path
    text: str


def published(set_name: str, folder: Path) -> list[Published]:
    """Return the published solutions of a set below its folder, none where the set has none."""
    find = _FINDERS.get(set_name)
    return [Published(set_name, path, text) for path, text in find(folder / set_name)] if find else []


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _uhhc(folder: Path) -> SolutionTexts:
    for file in sorted(folder.glob("best_solutions/*/*.json")):
        family, name = file.parent.name, file.stem.removesuffix(".sol")
        if name.startswith("sol-"):
            name = name.removeprefix("sol-").rpartition("-")[0]
        found = sorted(folder.glob(f"{'*' if family == 'cp-sat' else family}/{name}.json"))
        if found:
            yield found[0], file.read_text(encoding="utf-8")


def _hhcrsp(folder: Path) -> SolutionTexts:
    table = folder / "mankowska_best.md"
    lines = table.read_text(encoding="utf-8").splitlines()[2:] if table.is_file() else []
    for name, *_, file in ([cell.strip() for cell in line.strip("|").split("|")] for line in lines):
        yield folder / "mankowska" / name, (folder / "best_solutions" / file).read_text(encoding="utf-8")
    optimum = folder / "sol_toy_optimal.json"
    if optimum.is_file():
        yield folder / "toy.json", optimum.read_text(encoding="utf-8")


def _trsp(folder: Path) -> SolutionTexts:
    for row in _rows(folder / "BKS_static_crew25.csv"):
        yield folder / "crew25" / f"{row['instance']}.txt", row["solution"]


def _rich_vrptw(folder: Path) -> SolutionTexts:
    for path in sorted(folder.glob("*/*.vrp")):
        if path.with_suffix(".sol").is_file():
            yield path, path.with_suffix(".sol").read_text(encoding="utf-8")


_FINDERS: Mapping[str, Callable[[Path], SolutionTexts]] = {
    "uhhc": _uhhc,
    "hhcrsp": _hhcrsp,
    "trsp": _trsp,
    "rich_vrptw": _rich_vrptw,
}
