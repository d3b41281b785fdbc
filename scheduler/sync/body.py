"""Our text inside a calendar entry's body, between two lines; what people write around it stays theirs."""

import html
import re

from scheduler.sync.event import Event

FIRST_LINE = "--- fieldplan ---"
LAST_LINE = "--- /fieldplan ---"

_FIRST = re.compile(r"-{3}\s*fieldplan\s*-{3}")
_LAST = re.compile(r"-{3}\s*/fieldplan\s*-{3}")


def marked(event: Event) -> Event:
    """The event as it is written where people can edit it: our text between its lines, their notes below."""
    notes = f"\n{event.notes}" if event.notes else ""
    return event.model_copy(
        update={
            "description": f"{FIRST_LINE}\n{event.description}\n{LAST_LINE}{notes}",
            "html": _marked_html(event) if event.html else "",
            "notes": "",
        }
    )


def _marked_html(event: Event) -> str:
    notes = f"<p>{html.escape(event.notes)}</p>".replace("\n", "<br>") if event.notes else ""
    return f"<p>{FIRST_LINE}</p>{event.html}<p>{LAST_LINE}</p>{notes}"


def split(body: str) -> tuple[str, str]:
    """Our text and people's notes in the plain text of a body.

    Where one line was deleted, what stands on our side of the other is ours; where both were, all of it is theirs.
    """
    first, last = _FIRST.search(body), _LAST.search(body)
    if first is None and last is None:
        return "", body.strip()
    before = body[: first.start()].strip() if first else ""
    after = body[last.end() :].strip() if last else ""
    ours = body[first.end() if first else 0 : last.start() if last else len(body)]
    return ours.strip(), "\n".join(part for part in (before, after) if part)


def unmarked(event: Event) -> Event:
    """The event as it was before `marked`, with what people wrote since as its notes."""
    ours, notes = split(event.description)
    return event.model_copy(update={"description": ours, "notes": notes})
