"""Quality: the gap to the best known value after a budget of CPU seconds, ours and peers' on the same instances."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.instances import instances_of
from benchmarks.options import Data, SetName, existing, named
from benchmarks.peers import PEERS, Peer
from benchmarks.runs import (
    OURS,
    Answer,
    Case,
    Lacking,
    Run,
    Solver,
    mean_gap,
    ours,
    perform,
    read_runs,
    table_head,
    table_line,
)
from benchmarks.sets.base import AnySet
from benchmarks.subsets import SUBSETS
from scheduler.domain.problem import Problem


def quality(
    set_name: SetName = None,
    subset: Annotated[list[str] | None, typer.Option(help=f"Instead of a set: {', '.join(SUBSETS)}.")] = None,
    budget: Annotated[list[float] | None, typer.Option(help="CPU seconds per run; 60 when not given.")] = None,
    data: Data = None,
    instances: Annotated[str, typer.Option(help="Only paths that match, such as 'solomon/R1*.txt'.")] = "*",
    seeds: Annotated[int, typer.Option(help="Seeds 1 to N.", min=1)] = 1,
    workers: Annotated[int, typer.Option(help="Threads of the search.")] = 1,
    peers: Annotated[str, typer.Option(help=f"Comma-separated: all, or of {', '.join(PEERS)}.")] = "",
    only_peers: Annotated[bool, typer.Option("--only-peers", help="Leave ourselves out.")] = False,
    plans: Annotated[Path | None, typer.Option(help="Write plans and published formats into this folder.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Append a JSON line per run; runs that stand there are kept.")
    ] = None,
) -> None:
    """Solve instances and print cost, best known cost, gap, bound and violations."""
    folder, solvers = existing(data), [*([] if only_peers else [OURS]), *_peers(peers)]
    done = {run.key: run for run in read_runs(out)}
    runs: list[Run] = []
    typer.echo(table_head())
    for benchmark, path in _chosen(set_name, subset or [], folder, instances):
        for case in _cases(benchmark, folder, path, solvers, budget or [60.0], seeds):
            run = done.get(case.key) or _run(case, workers, plans, out)
            if run is not None:
                typer.echo(table_line(run))
                runs.append(run)
    for name in solvers:
        typer.echo(f"{name}: {mean_gap(run for run in runs if run.solver == name)}")


def _peers(given: str) -> list[str]:
    names = list(PEERS) if given == "all" else [name for name in given.split(",") if name]
    if unknown := sorted(set(names) - set(PEERS)):
        raise typer.BadParameter(f"there is no peer {', '.join(unknown)}; the peers are {', '.join(PEERS)}")
    return names


def _chosen(set_name: str | None, subsets: list[str], folder: Path, pattern: str) -> Iterator[tuple[AnySet, Path]]:
    if unknown := sorted(set(subsets) - set(SUBSETS)):
        raise typer.BadParameter(f"there is no subset {', '.join(unknown)}; there are {', '.join(SUBSETS)}")
    if not (set_name or subsets):
        raise typer.BadParameter("name a set by --set or a subset by --subset")
    for name in subsets:
        yield from ((SUBSETS[name].benchmark, path) for path in SUBSETS[name].paths(folder) if path.match(pattern))
    if set_name:
        yield from ((named(set_name), path) for path in instances_of(named(set_name), folder, pattern))


def _cases(
    benchmark: AnySet, folder: Path, path: Path, solvers: list[str], budgets: list[float], seeds: int
) -> Iterator[Case]:
    """Yield what is to be run on one instance; a peer that takes its own time runs once, with budget 0."""
    for name in solvers:
        if name in PEERS and PEERS[name].own_time:
            yield Case(benchmark, folder, path, name, 1, 0.0)
            continue
        for seconds in budgets:
            for seed in range(1, seeds + 1):
                yield Case(benchmark, folder, path, name, seed, seconds)


def _run(case: Case, workers: int, plans: Path | None, out: Path | None) -> Run | None:
    """Return the run of a case, written down; None, and a line that says why, where a peer cannot express it."""
    if case.solver == OURS:
        return _append(perform(case, ours(workers), plans), out)
    peer, instance = PEERS[case.solver], case.benchmark.read(case.path)
    if lacking := peer.unsupported(case.benchmark, instance):
        typer.echo(f"{case.instance[-44:]:44} {peer.name} cannot express {lacking}")
        _write(Lacking(case.benchmark.name, case.instance, peer.name, lacking), out)
        return None
    return _append(perform(case, foreign(peer, case.benchmark, instance), plans), out)


def foreign(peer: Peer, benchmark: AnySet, instance: Any) -> Solver:
    """Return a peer as a solver of one instance; its answer becomes a plan by way of the set's own format."""

    def run(problem: Problem, seconds: float, seed: int) -> Answer:
        solution, found = peer.run(benchmark, instance, seconds, seed)
        plan = benchmark.to_plan(instance, solution)
        return Answer(plan, cpu_s=found.cpu_s, memory_mb=found.memory_mb, release=peer.release)

    return run


def _append(run: Run, out: Path | None) -> Run:
    _write(run, out)
    return run


def _write(one: Run | Lacking, out: Path | None) -> None:
    """Append a line on a line of its own, but none twice: what a peer lacks is found anew by whoever resumes."""
    if out is None:
        return
    there = out.read_text(encoding="utf-8") if out.is_file() else ""
    if one.line not in there.splitlines():
        with out.open("a", encoding="utf-8") as file:
            file.write(("" if there.endswith("\n") or not there else "\n") + one.line + "\n")
