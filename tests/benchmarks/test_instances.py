"""Sets are told by content; best known values come from tables beside or above."""

from pathlib import Path

import pytest

from benchmarks.best_known import best_known, best_known_vehicles
from benchmarks.instances import data_folder, detect, instances_of
from benchmarks.sets import SETS

TEXTS = {
    "uhhc": '{"metadata": {"cost_components": {}}, "terminal_points": []}',
    "hhcrsp": '{"patients": [{"required_caregivers": []}], "central_offices": []}',
    "trsp": "T\n\nINFO\nCREW COUNT\n1\n\nDEPOT TECHNICIANS AND REQUESTS\n",
    "vrptw": "C1\n\nVEHICLE\nNUMBER CAPACITY\n1 1\n\nCUSTOMER\nCUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE\n",
    "rich_vrptw": "NAME : P\nTYPE : PCVRPTW\n",
}


def planted(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", TEXTS)
def test_content_tells_the_set(tmp_path: Path, name: str) -> None:
    path = planted(tmp_path, "misleading.sol", TEXTS[name])
    benchmark = detect(path)
    assert benchmark is not None and benchmark.name == name
    assert instances_of(SETS[name], tmp_path, "mis*") == [path]
    assert instances_of(SETS[name], tmp_path, "*.txt") == []


def test_other_files_belong_to_no_set(tmp_path: Path) -> None:
    assert detect(planted(tmp_path, "a.json", "{}")) is None
    (tmp_path / "b.xz").write_bytes(b"\xfd7zXZ\x00\xff")
    assert detect(tmp_path / "b.xz") is None


def test_the_data_folder_is_given_or_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHMARK_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    assert data_folder(tmp_path / "missing") is None
    monkeypatch.delenv("BENCHMARK_DATA")
    assert data_folder() is None


def test_tables_above_tell_both_conventions(tmp_path: Path) -> None:
    planted(tmp_path, "one.csv", "instance,mindist_trunc1,hier_vehicles,hier_distance\nR1,9.5,,\nR209,854.4,3,909.16\n")
    planted(tmp_path, "two.csv", "Instance,BKS_NumVehicles,BKS_Cost\nR1.TXT,4,10.25\n")
    first = planted(tmp_path, "solomon/r1.txt", TEXTS["vrptw"])
    doubted = planted(tmp_path, "solomon/R209.txt", TEXTS["vrptw"])
    assert (best_known(first), best_known_vehicles(first)) == (10.25, 4)
    assert best_known(first, "vrptw-distance") == 9.5
    assert (best_known(doubted, "vrptw-distance"), best_known(doubted)) == (None, 909.16)


def test_markdown_tables_and_absence(tmp_path: Path) -> None:
    planted(tmp_path, "best.md", "| instance | total_cost |\n|:--|--:|\n| a.json | 1.5 |\n")
    assert best_known(planted(tmp_path, "sub/a.json", TEXTS["hhcrsp"])) == 1.5
    assert best_known(planted(tmp_path, "sub/b.json", TEXTS["hhcrsp"])) is None
    assert best_known(planted(tmp_path, "sub/c.json", "{}")) is None


def test_the_sol_beside(tmp_path: Path) -> None:
    path = planted(tmp_path, "P.vrp", TEXTS["rich_vrptw"])
    assert best_known(path) is None
    planted(tmp_path, "P.sol", "Route #1: 1\nCost: 77\n")
    assert best_known(path) == 77
