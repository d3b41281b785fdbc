"""Our own JSON, and the one door for all that is read as a problem."""

import json
from pathlib import Path

import pytest

from scheduler.domain.errors import InvalidInput
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.outcome import Outcome
from scheduler.domain.plan import Plan
from scheduler.io import json as own
from scheduler.io.excel.template import write_template
from scheduler.io.read import read_problem
from scheduler.io.references import require_known
from tests.builders import booking, plan, route
from tests.io.small import small, small_plan, small_verdict


def test_problem_plan_outcome_and_goal_come_back(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    own.write(small(), file)
    assert own.read_problem(file) == read_problem(file) == small()
    own.write(small_plan(), file)
    assert own.read_plan(file) == small_plan()
    outcome = Outcome(plan=small_plan(), verdict=small_verdict(), bound=(1.0,), gap=0.1)
    own.write(outcome, file)
    assert own.read_outcome(file) == outcome
    assert own.read_plan(file) == outcome.plan
    goal = Goal(levels=(Level(weights={Term.TARDINESS: 2}),))
    own.write(goal, file)
    assert own.read_goal(file) == goal


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(small().model_dump_json(), encoding="utf-8-sig")
    assert read_problem(file) == small()


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '"x"', "\xff", '{"horizon": 3}', "[" * 100_000])
def test_what_is_no_problem_is_a_fault_and_never_something_else(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(text.encode("latin-1"))
    for read in (read_problem, own.read_plan, own.read_goal, own.read_outcome):
        with pytest.raises(InvalidInput):
            read(file)


def test_all_faults_come_at_once_with_their_paths(tmp_path: Path) -> None:
    given = json.loads(small().model_dump_json())
    given["activities"][0]["duration"] = "soon"
    given["activities"][1]["priority"] = -1
    given["technicians"][0]["start_place"] = "nowhere"
    file = tmp_path / "x.json"
    file.write_text(json.dumps(given))
    with pytest.raises(InvalidInput) as caught:
        read_problem(file)
    paths = {fault.path for fault in caught.value.faults}
    assert {"activities[0].duration", "activities[1].priority", "technicians[0].start_place"} <= paths
    assert str(file) in str(caught.value)


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    for file in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InvalidInput):
            read_problem(file)


def test_the_kind_of_file_is_told_by_its_content(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    write_template(book)
    renamed = tmp_path / "book.dat"
    renamed.write_bytes(book.read_bytes())
    assert read_problem(renamed) == read_problem(book)
    vroom = tmp_path / "v.json"
    vroom.write_text('{"vehicles": [{"id": 1, "start": [30, 50]}], "jobs": []}')
    assert read_problem(vroom).name == "VROOM request"
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(InvalidInput, match=r"save it as \.xlsx"):
        read_problem(old)


def test_a_plan_of_another_problem_is_refused_with_all_that_is_unknown() -> None:
    foreign = plan(
        booking("zz", "t", "09:00"),
        booking("a", "nobody", "09:00"),
        booking("a", "t", "10:00", requirement="x"),
        routes=[route("nobody", "08:00", "12:00", "gone")],
    )
    with pytest.raises(InvalidInput) as caught:
        require_known(small(), foreign)
    assert len(caught.value.faults) == 5
    require_known(small(), small_plan())
    require_known(small(), Plan())


def test_the_schemas_say_what_the_readers_accept() -> None:
    assert {"horizon", "technicians", "activities"} <= set(own.schema()["properties"])
    assert own.schema()["required"] == ["horizon"]
    assert "bookings" in own.schema(Plan)["properties"]
    json.dumps(own.schema())
