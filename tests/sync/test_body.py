"""Our text between its lines, and what people write around it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.sync import body
from scheduler.sync.event import Event

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60).filter(lambda t: "fieldplan" not in t)


def event(description: str, notes: str = "", html: str = "") -> Event:
    return Event(uid="u", start=NOON, end=NOON, description=description, notes=notes, html=html)


@given(ours=TEXT, notes=TEXT)
def test_what_is_written_is_read_apart_again(ours: str, notes: str) -> None:
    read = body.unmarked(body.marked(event(ours, notes)))
    assert (read.description, read.notes) == (ours.strip(), notes.strip())


@pytest.mark.parametrize(
    ("text", "ours", "notes"),
    [
        ("mine\n--- fieldplan ---\nours\n--- /fieldplan ---\nalso mine", "ours", "mine\nalso mine"),
        ("mine\n--- fieldplan ---\nours", "ours", "mine"),
        ("ours\n--- /fieldplan ---\nmine", "ours", "mine"),
        ("all mine", "", "all mine"),
        ("---fieldplan---\r\n\r\nours\r\n\r\n--- /fieldplan ---", "ours", ""),
        ("", "", ""),
    ],
)
def test_a_damaged_frame_keeps_what_people_wrote(text: str, ours: str, notes: str) -> None:
    assert body.split(text) == (ours, notes)


def test_notes_are_escaped_in_html() -> None:
    written = body.marked(event("x", notes="<script>\n1 & 2", html="<b>x</b>")).html
    assert "<b>x</b>" in written and "&lt;script&gt;<br>1 &amp; 2" in written and "<script>" not in written
