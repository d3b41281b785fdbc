"""What people write into our events: their notes around our text, and their words in our fields."""

from collections.abc import Iterable

from scheduler.sync.event import Event
from scheduler.sync.link import Link, content_hash, squeezed
from scheduler.sync.port import RemoteEvent

OWN_TEXT = ("summary", "location", "description")


def rewritten(link: Link, remote: RemoteEvent) -> list[str]:
    """The lines of our own fields that say something else than what we wrote."""
    if link.event is None or remote.event is None:
        return []
    found: list[str] = []
    for name in OWN_TEXT:
        ours, theirs = getattr(link.event, name), getattr(remote.event, name)
        ours = link.worded if name == "description" and link.worded else ours
        if squeezed(ours) != squeezed(theirs):
            said = {squeezed(line) for line in ours.splitlines()}
            found += [line.strip() for line in theirs.splitlines() if line.strip() and squeezed(line) not in said]
    return found


def kept(link: Link, remote: RemoteEvent) -> str:
    """People's notes: what stands around our text, and what they wrote into our fields since our own write."""
    if remote.event is None:
        return link.notes
    if content_hash(remote) == link.seen:
        return link.notes or remote.event.notes
    notes = remote.event.notes
    there = {squeezed(line) for line in notes.splitlines()}
    return "\n".join([*_some(notes), *(line for line in rewritten(link, remote) if squeezed(line) not in there)])


def annotated(link: Link, sent: Event, remote: RemoteEvent) -> Link:
    """With what people wrote into the event that was sent while nobody knew that it was there."""
    return link.but(notes=kept(link.but(event=sent, worded=""), remote))


def _some(text: str) -> Iterable[str]:
    return [text] if text else []
