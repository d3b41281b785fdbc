"""Tables, Excel, CSV, page and picture; hostile text in all of them."""

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from scheduler.domain.activity import Briefing
from scheduler.domain.plan import Plan
from scheduler.io.csv import write_csv
from scheduler.io.days import days
from scheduler.io.demo.problem import demo_problem
from scheduler.io.html.page import page, write_html
from scheduler.io.look import PALETTE, ink
from scheduler.io.png import write_png
from scheduler.io.spreadsheet import harmless
from scheduler.io.stops import stops
from scheduler.io.tables import tables
from scheduler.io.xlsx import write_xlsx
from tests.builders import moment
from tests.io.small import FORMULA, HOSTILE, small, small_plan, small_verdict

SHEETS = ["bookings", "day routes", "unscheduled", "score", "violations"]


def test_stops_tell_the_day_in_order() -> None:
    found = stops(small(), small_plan(), small_plan().routes[0])
    assert [stop.kind for stop in found] == ["start", "activity", "break", "activity", "end"]
    assert found[1].start == moment("08:50")
    assert found[3].place == "p3"
    assert found[0].drive.total_seconds() == 0 and all(found[n].drive.total_seconds() > 0 for n in (1, 3, 4))
    assert all(stop.arrival is None or stop.arrival <= stop.start for stop in found)


def test_the_workbook_holds_what_the_plan_says(tmp_path: Path) -> None:
    write_xlsx(small(), small_plan(), tmp_path / "x.xlsx", small_verdict())
    made = load_workbook(tmp_path / "x.xlsx")
    assert made.sheetnames == SHEETS
    rows = list(made["bookings"].iter_rows(values_only=True))
    assert len(rows) == 4
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["start"].isoformat() == "2026-01-05T09:00:00" and first["resource name"] == "Olena"
    assert first["lock"] == "time: promised" and first["address"] == "Street 1"
    assert list(made["unscheduled"].iter_rows(values_only=True))[1] == (
        "c",
        "Left out",
        1,
        "skills",
        "Nobody can do it.",
    )
    assert ("travel-time", 12.5) in list(made["score"].iter_rows(values_only=True))
    assert [row[1] for row in made["violations"].iter_rows(min_row=2, values_only=True)] == ["no", "yes"]


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\x00=1"])
def test_no_cell_is_ever_calculated(tmp_path: Path, text: str) -> None:
    problem = small(name=text, title=text, briefing=Briefing(contact=text, instructions=text))
    write_xlsx(problem, small_plan(), tmp_path / "x.xlsx")
    for sheet in load_workbook(tmp_path / "x.xlsx"):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not (isinstance(cell.value, str) and re.match(r"[=+\-@\t\r\n]", cell.value)), cell.value
    for file in write_csv(problem, small_plan(), tmp_path / "csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            assert not any(re.match(r"[=+\-@\t\r\n]", cell) for row in csv.reader(lines) for cell in row)


def test_harmless_text_stays_as_it_is() -> None:
    assert harmless("Boiler = 3 + 4") == "Boiler = 3 + 4" and harmless("") == ""
    assert harmless("=1") == "'=1" and harmless("a\x07b") == "ab"


def test_csv_holds_the_same_tables(tmp_path: Path) -> None:
    written = write_csv(small(), small_plan(), tmp_path, small_verdict())
    assert [file.name for file in written] == [f"{name.replace(' ', '-')}.csv" for name in SHEETS]
    with written[0].open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.reader(lines))) == 4


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_hostile_text_stays_text_in_the_page() -> None:
    links = ("javascript:alert(1)", "https://example.com/?a=1&b=\"'><script>", "data:text/html,x")
    evil = Briefing(contact=HOSTILE, phone=HOSTILE, instructions=HOSTILE, bring=(HOSTILE,), links=links)
    problem = small(name=HOSTILE, title=HOSTILE, briefing=evil).replace(name=HOSTILE)
    seen = Seen()
    seen.feed(page(problem, small_plan(), small_verdict()))
    assert "script" not in seen.tags and HOSTILE in seen.text
    assert not any(name.startswith("on") for name, _ in seen.attributes)
    assert [value for name, value in seen.attributes if name == "href"] == [links[1]]


def test_the_page_needs_nothing_from_anywhere() -> None:
    seen = Seen()
    seen.feed(page(small(), small_plan(), small_verdict()))
    assert not {"script", "link", "img", "iframe", "object"} & set(seen.tags)
    assert not any(name in ("src", "srcset", "xlink:href") for name, _ in seen.attributes)
    for said in ("Small", "Boiler check", "Olena", "Hall", "Nobody can do it.", "t lacks a skill", "2 / 3", "promised"):
        assert said in seen.text


def test_the_page_opens_and_closes_every_tag() -> None:
    text = page(small(), small_plan(), small_verdict())
    for tag in ("div", "section", "table", "tr", "td", "svg", "g", "ul", "li", "details"):
        assert len(re.findall(rf"<{tag}[ >]", text)) == text.count(f"</{tag}>"), tag


@pytest.mark.parametrize("name", ["Olena", HOSTILE, "$\\frac{", "_hidden", FORMULA, "Ольга 🔧", ""])
def test_a_picture_is_drawn_whatever_the_names_are(tmp_path: Path, name: str) -> None:
    write_png(small(name=name, title=name).replace(name=name), small_plan(), tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_an_empty_plan_can_be_written_everywhere(tmp_path: Path) -> None:
    write_png(small(), Plan(), tmp_path / "x.png")
    write_html(small(), Plan(), tmp_path / "x.html")
    write_xlsx(small(), Plan(), tmp_path / "x.xlsx")
    assert "Nothing is scheduled" in (tmp_path / "x.html").read_text()
    assert [len(table.rows) for table in tables(small(), Plan())] == [0, 0, 0, 0]


def test_places_without_coordinates_are_left_out_of_the_map() -> None:
    from tests.builders import activity, booking, plan, problem, route, technician

    bare = problem(technicians=[technician("t")], activities=[activity("a")])
    text = page(bare, plan(booking("a", "t", "09:00"), routes=[route("t", "08:50", "10:10", "a")]))
    assert "no place of this day has coordinates" in text


def test_bars_lie_on_the_local_clock() -> None:
    (day,) = days(small(), small_plan())
    technician, hall = day.lanes
    assert next((bar.start, bar.end) for bar in technician.bars if bar.shape == "activity") == (9 - 10 / 60, 10.0)
    assert technician.bars[-2].locked and not technician.bars[-1].locked
    assert technician.free == ((8.0, 17.0),) and hall.room


def test_ink_is_readable_on_every_colour() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for colour in PALETTE:
        pair = sorted((luminance(colour), luminance(ink(colour))))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, colour


def test_the_demo_is_what_it_says() -> None:
    demo = demo_problem()
    assert (len(demo.technicians), len(demo.rooms), len(demo.activities)) == (12, 4, 90)
    assert {skill.skill for t in demo.technicians for skill in t.skills} == {"gas", "electric", "hvac"}
    assert {skill.level for t in demo.technicians for skill in t.skills} == {1, 2, 3}
    assert len(demo.locks) == 2 and all(lock.why for lock in demo.locks)
    assert any(len(a.requirements) == 2 and not a.place for a in demo.activities)
    assert demo == demo_problem()
