"""The generated set: told by its recipe, judged alike by both judges, and every rule of its scorer bites."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.instances import detect, instances_of
from benchmarks.judge import judge
from benchmarks.runs import ours
from benchmarks.sets.base import FormatError
from benchmarks.sets.field import FIELD, Instance, Recipe, Solution, draw, write
from benchmarks.sets.field.instance import DAY, HELPER, HOUR, LUNCH_LENGTH, drive, drives
from benchmarks.sets.field.solution import Route, Stop, timed

SMALL = {variant: draw(Recipe.usual(variant, 40, 1)) for variant in ("full", "routing", "plain")}


def test_an_instance_is_told_by_its_recipe() -> None:
    assert draw(Recipe.usual("full", 40, 1)) == SMALL["full"] != draw(Recipe.usual("full", 40, 2))


def test_variants_hold_what_they_say() -> None:
    large = draw(Recipe.usual("full", 2000, 1))
    shares = [sum(found) / 2000 for found in zip(*((w.helper, bool(w.rooms)) for w in large.work), strict=True)]
    assert shares == pytest.approx([0.1, 0.1], abs=0.02)
    assert any(w.fixed_start is not None for w in large.work) and any(w.asked_for is not None for w in large.work)
    assert {end - start for t in large.technicians for start, end in t.absent.values()} == {DAY, 2 * HOUR}
    assert large.days == 5 and len(large.rooms) > 1
    routing, plain = SMALL["routing"], SMALL["plain"]
    assert not routing.rooms and not any(w.helper or w.rooms or w.promised for w in routing.work)
    assert not any(t.absent for t in routing.technicians)
    assert routing.lunch and not plain.lunch and routing.work == plain.work


def test_every_activity_has_somebody_who_can_do_it() -> None:
    for instance in SMALL.values():
        for work in instance.work:
            assert any(t.skills.get(work.skill, 0) >= work.level for t in instance.technicians), work.id


def test_recipes_are_written_found_and_named_after_their_file(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["field", str(tmp_path / "field"), "--seeds", "1"])
    assert done.exit_code == 0, done.output
    found = instances_of(FIELD, tmp_path, "*-300-1.json")
    assert [path.stem for path in found] == [f"field-{kind}-300-1" for kind in ("full", "plain", "routing")]
    assert detect(found[0]) is FIELD
    with pytest.raises(FormatError, match="rename it"):
        FIELD.parse(write(Recipe.usual("full", 40, 1)), "other")


def test_drives_agree_with_the_domain() -> None:
    problem, instance = FIELD.to_problem(SMALL["routing"]), SMALL["routing"]
    places = [work.place for work in instance.work if work.place is not None]
    table = drives(np.array(places))
    for n, place in enumerate(places):
        assert table[0, n] == drive(places[0], place)
        leg = problem.travel.between(problem.place, instance.work[0].id, instance.work[n].id, "default")
        assert leg is not None and leg[0].total_seconds() == table[0, n]


@pytest.mark.slow
@pytest.mark.parametrize("variant", SMALL)
def test_both_judges_agree_on_a_solved_instance(variant: str) -> None:
    instance = SMALL[variant]
    problem = FIELD.to_problem(instance)
    plan = ours(1)(problem, 2.0, 1).plan
    solution = FIELD.from_plan(instance, plan)
    judged = judge(FIELD, instance, solution, FIELD.to_plan(instance, solution), problem)
    assert judged.agrees, (judged.differences, judged.score.violations, judged.verdict.breaches)
    assert judged.score.unscheduled < 20
    assert FIELD.read_solution(FIELD.write_solution(solution), instance) == solution


def served(instance: Instance, lunch: int | None) -> tuple[str, Stop, Route]:
    """A route of one stop at ten, by somebody who can."""
    open_at_ten = [w for w in instance.work if w.window[0] <= 36000 <= w.window[1] and not (w.rooms or w.helper)]
    early = [t for t in instance.technicians if t.shift[0] < 30000]
    work, who = next((w, t) for w in open_at_ten for t in early if t.skills.get(w.skill, 0) >= w.level)
    stop = Stop(work.id, 36000)
    return who.id, stop, timed(instance, who.id, 0, lunch, (stop,))


def breaches(instance: Instance, *routes: Route) -> str:
    return " ".join(FIELD.score(instance, Solution(routes)).violations)


def test_every_rule_of_the_scorer_bites() -> None:
    instance, noon = SMALL["routing"], 43200
    who, stop, route = served(instance, noon)
    assert not breaches(instance, route)
    assert "no lunch" in breaches(instance, replace(route, lunch=None))
    assert "wrong time" in breaches(instance, replace(route, lunch=noon - 3600))
    assert "late after 0" in breaches(instance, replace(route, departure=route.departure + 1))
    assert "late after 1" in breaches(instance, replace(route, arrival=route.arrival - 1))
    done = 36000 + instance.activity[stop.activity].duration
    assert "late after 1" in breaches(instance, replace(route, lunch=done, arrival=route.arrival + LUNCH_LENGTH - 1))
    assert "lunch at a stop" in breaches(instance, replace(route, lunch=36000 + 1800))
    assert "lunch at a stop" in breaches(instance, replace(route, lunch=route.departure - 1))
    assert "outside the shift" in breaches(instance, replace(route, departure=0))
    assert "not planned" in breaches(instance, replace(route, day=1))
    assert "two routes" in breaches(instance, route, route)
    assert "roles filled once" in breaches(instance, route, route)
    assert f"{who} may not be helper" in breaches(instance, replace(route, stops=(replace(stop, role=HELPER),)))
    assert "not in one of its rooms" in breaches(instance, replace(route, stops=(replace(stop, room="r"),)))
    assert "outside its window" in breaches(instance, replace(route, stops=(replace(stop, start=-1),)))


def test_teams_rooms_and_fixed_starts_bite() -> None:
    instance = SMALL["full"]
    pair = next(w for w in instance.work if w.helper and not w.rooms)
    two = [t.id for t in instance.technicians[:2]]
    starts = (pair.window[0], pair.window[0] + 60)
    routes = [timed(instance, who, 0, None, (Stop(pair.id, start),)) for who, start in zip(two, starts, strict=True)]
    assert "does not start at one time" in breaches(instance, *routes)
    assert "roles filled once" in breaches(instance, routes[0])
    inside = [w for w in instance.work if w.rooms]
    room = replace(instance.room[inside[0].rooms[0]], capacity=1)
    narrow = replace(instance, rooms=(room,))
    stops = [
        timed(narrow, who, 0, None, (Stop(w.id, 36000, room=room.id),)) for who, w in zip(two, inside, strict=False)
    ]
    assert "holds too many" in breaches(narrow, *stops)
    early = timed(narrow, two[0], 0, None, (Stop(inside[0].id, 3600, room=room.id),))
    assert "is closed" in breaches(narrow, early)
    fixed = replace(instance, work=(replace(instance.work[0], fixed_start=30000), *instance.work[1:]))
    at = timed(fixed, two[0], 0, None, (Stop(fixed.work[0].id, 36000),))
    assert "not start when it is fixed" in breaches(fixed, at)
    assert "promised and not visited" in breaches(fixed)


def test_absences_and_who_is_asked_for_bite() -> None:
    instance = SMALL["routing"]
    who, stop, route = served(instance, 43200)
    done = 36000 + instance.activity[stop.activity].duration

    def absent(start: int, end: int) -> Instance:
        away = (replace(t, absent={0: (start, end)}) if t.id == who else t for t in instance.technicians)
        return replace(instance, technicians=tuple(away))

    assert f"{who} on day 0 is absent" in breaches(absent(done - 1, done + 1), route)
    assert "late after 0" in breaches(absent(route.departure, route.departure + 1), route)
    assert not breaches(absent(0, route.departure), route)
    assert "late after 1" in breaches(absent(done, done + HOUR), route)
    assert not breaches(absent(done, done + HOUR), replace(route, arrival=route.arrival + HOUR))

    def asked(name: str) -> Instance:
        return replace(
            instance, work=tuple(replace(w, asked_for=name) if w.id == stop.activity else w for w in instance.work)
        )

    assert "who was asked for" in breaches(asked("somebody"), route)
    assert not breaches(asked(who), route)
    assert "promised and not visited" in breaches(asked(who))
