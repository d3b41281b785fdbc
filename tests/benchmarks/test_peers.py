"""Peers: an instance becomes their input and their answer the set's solution; what they can't express is named."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

import benchmarks.field as command
from benchmarks.__main__ import app
from benchmarks.peers import PEERS, Peer
from benchmarks.peers.files import pyvrp_vrplib, vroom_json
from benchmarks.peers.routing import BREAKS, CAPACITY, PRIORITIES, PRIZES, SKILLS, Route, Stop, Vehicle
from benchmarks.peers.views import BEYOND, routing_of, solution_of
from benchmarks.runs import read_runs
from benchmarks.sets import SETS
from benchmarks.sets.field import FIELD, Recipe, draw, write
from benchmarks.sets.rich_vrptw import RICH_VRPTW
from benchmarks.sets.vrplib import take_apart
from benchmarks.sets.vrptw import VRPTW_DISTANCE
from scheduler.io.vroom.read import to_problem
from tests.benchmarks.tiny import SOLOMON, two_depots, vrplib

MODULES = {"pyvrp": "pyvrp", "vroom": "vroom", "ortools": "ortools"}
PRIZED = vrplib(
    "PCVRPTW", "VEHICLES: 1\nCAPACITY: 2\nSERVICE_TIME: 5", "PRIZE_SECTION\n1 0\n2 5\n3 50\n4 1\nDEPOT_SECTION\n1\n-1"
)
LOOSE = SOLOMON.replace("10          1", "50          1").replace("10          0", "50          0")


def installed(name: str) -> Peer:
    if find_spec(MODULES[name]) is None:
        pytest.skip(f"{name} comes with the extra `bench`: python3 run.py bench")
    return PEERS[name]


def test_vrptw_is_seen_in_tenths() -> None:
    seen = routing_of(VRPTW_DISTANCE, VRPTW_DISTANCE.parse(SOLOMON, "tiny"))
    assert seen.stops == [Stop(1, 10, (0, 100), 6), Stop(2, 10, (0, 100), 4)]
    assert seen.vehicles == [Vehicle(0, 0, (0, 100), 10)] * 2
    assert seen.travel.tolist() == [[0, 14, 28], [14, 0, 14], [28, 14, 0]]
    assert seen.needs == {CAPACITY}


def test_routes_come_back_under_the_numbers_of_their_vehicles() -> None:
    instance = RICH_VRPTW.parse(two_depots(100), "tiny")
    solution = solution_of(RICH_VRPTW, instance, {1: Route((1,)), 0: Route((0,))})
    assert solution.routes == {1: (2,), 2: (3,)}


def test_levels_become_tags_and_priorities_prizes() -> None:
    instance = draw(Recipe.usual("routing", 40, 1))
    seen = routing_of(FIELD, instance)
    assert seen.needs == {SKILLS, PRIORITIES, BREAKS}
    for stop, work in zip(seen.stops, instance.work, strict=True):
        able = [n for n, vehicle in enumerate(seen.vehicles) if stop.skills <= vehicle.skills]
        wanted = [n for n, t in enumerate(instance.technicians) if t.skills.get(work.skill, 0) >= work.level]
        assert (able, stop.prize) == (wanted, work.priority)


def test_what_a_peer_cannot_express_is_named() -> None:
    full, routing = (draw(Recipe.usual(variant, 40, 1)) for variant in ("full", "routing"))
    for peer in PEERS.values():
        assert "double visits" in peer.unsupported(FIELD, full) and "rooms" in peer.unsupported(FIELD, full)
    assert PEERS["pyvrp"].unsupported(FIELD, routing) == BREAKS
    assert not PEERS["vroom"].unsupported(FIELD, routing)
    assert PEERS["vroom"].unsupported(RICH_VRPTW, RICH_VRPTW.parse(PRIZED, "tiny")) == PRIZES
    large = draw(Recipe.usual("plain", 2000, 1))
    assert "too large" in PEERS["pyvrp"].unsupported(FIELD, large) and not PEERS["vroom"].unsupported(FIELD, large)
    assert set(BEYOND) | {"field", "vrptw-distance", "rich_vrptw"} == set(SETS)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_a_peer_serves_everybody(name: str) -> None:
    instance = VRPTW_DISTANCE.parse(LOOSE, "tiny")
    solution, found = installed(name).run(VRPTW_DISTANCE, instance, 1.0, 1)
    score = VRPTW_DISTANCE.score(instance, solution)
    assert score.feasible and score.cost == pytest.approx(5.6)
    assert found.cpu_s < 5 and found.memory_mb > 10


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pyvrp", "ortools"])
def test_a_prize_is_weighed_against_the_way(name: str) -> None:
    instance = RICH_VRPTW.parse(PRIZED, "tiny")
    solution, _ = installed(name).run(RICH_VRPTW, instance, 1.0, 1)
    score = RICH_VRPTW.score(instance, solution)
    assert score.feasible and solution.routes == {1: (2,)}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variant"), [("vroom", "routing"), ("ortools", "routing"), ("pyvrp", "plain")])
def test_a_peer_keeps_the_rules_of_field(name: str, variant: str) -> None:
    instance = draw(Recipe.usual(variant, 40, 1))
    solution, _ = installed(name).run(FIELD, instance, 2.0, 1)
    score = FIELD.score(instance, solution)
    assert score.feasible, score.violations
    assert score.unscheduled < 15


@pytest.mark.slow
def test_quality_runs_peers_and_says_what_they_lack(tmp_path: Path) -> None:
    installed("vroom")
    for recipe in (Recipe.usual("full", 20, 1), Recipe.usual("routing", 20, 1)):
        (tmp_path / f"{recipe.name}.json").write_text(write(recipe), encoding="utf-8")
    out = tmp_path / "runs.jsonl"
    arguments = ["quality", "--set", "field", "--data", str(tmp_path), "--budget", "1", "--only-peers"]
    for _ in range(2):
        done = CliRunner().invoke(app, [*arguments, "--peers", "vroom,pyvrp", "--out", str(out)])
        assert done.exit_code == 0, done.output
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4
    assert "vroom cannot express double visits, rooms" in done.output
    assert f"pyvrp cannot express {BREAKS}" in done.output
    [run] = read_runs(out)
    assert (run.solver, run.budget_s, run.violations) == ("vroom", 0.0, 0)
    assert run.release.startswith("vroom 1.") and run.components["travel"] == pytest.approx(run.cost)


def test_field_is_written_for_vroom_and_pyvrp() -> None:
    """What they could read there is what they are given here."""
    routing = routing_of(FIELD, draw(Recipe.usual("routing", 20, 1)))
    problem = to_problem(json.loads(vroom_json(routing)))
    assert (len(problem.activities), len(problem.technicians)) == (20, len(routing.vehicles))
    assert sum(len(technician.breaks) for technician in problem.technicians) == len(routing.vehicles)
    document = take_apart(pyvrp_vrplib(plain := routing_of(FIELD, draw(Recipe.usual("plain", 20, 1)))))
    first = len(plain.vehicles)
    assert int(document.field("DIMENSION")) == first + 20
    assert document.table("TIME_WINDOW_SECTION")[first:].tolist() == [list(stop.window) for stop in plain.stops]
    for row, vehicle in zip(document.sections["VEHICLES_ALLOWED_CLIENTS_SECTION"], plain.vehicles, strict=True):
        able = [first + n + 1 for n, stop in enumerate(plain.stops) if stop.skills <= vehicle.skills]
        assert list(map(int, row[1:])) == able


@pytest.mark.slow
def test_pyvrp_reads_what_it_is_given_otherwise(tmp_path: Path) -> None:
    installed("pyvrp")
    import pyvrp

    from benchmarks.peers.pyvrp import _data, _kinds

    routing = routing_of(FIELD, draw(Recipe.usual("plain", 30, 1)))
    (tmp_path / "field.vrp").write_text(pyvrp_vrplib(routing), encoding="utf-8")
    given = pyvrp.read(tmp_path / "field.vrp"), _data(routing, _kinds(routing))
    found = [pyvrp.solve(data, pyvrp.stop.MaxIterations(300), seed=1, display=False).best for data in given]
    assert found[0].uncollected_prizes() == found[1].uncollected_prizes()
    assert found[0].distance() == pytest.approx(found[1].distance(), rel=0.05)


def test_input_files_of_peers_are_written_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "SIZES", {"routing": (20,), "plain": (20,)})
    for peer, names in (
        ("vroom", ["field-plain-20-1.json", "field-routing-20-1.json"]),
        ("pyvrp", ["field-plain-20-1.vrp"]),
    ):
        done = CliRunner().invoke(app, ["field", str(tmp_path / peer), "--seeds", "1", "--peer", peer])
        assert done.exit_code == 0 and sorted(path.name for path in (tmp_path / peer).iterdir()) == names
    assert f"field-routing-20-1: pyvrp cannot express {BREAKS}" in done.output
    assert CliRunner().invoke(app, ["field", str(tmp_path), "--peer", "nobody"]).exit_code == 2


def test_an_unknown_peer_or_subset_is_refused(tmp_path: Path) -> None:
    for option in (["--peers", "nobody"], ["--subset", "nothing"], []):
        done = CliRunner().invoke(app, ["quality", "--data", str(tmp_path), *option])
        assert done.exit_code == 2, done.output
