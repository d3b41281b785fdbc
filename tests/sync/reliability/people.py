"""What people do in their calendars is heard, and nothing is taken for deleted that is not."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from scheduler.domain.interval import Interval
from scheduler.sync.errors import TokenLost
from scheduler.sync.event import EventKey
from scheduler.sync.guard import Limits
from scheduler.sync.link import LinkState
from scheduler.sync.port import Backend, Capability, Delta
from scheduler.sync.proposal import Clash
from tests.sync.backends.hand import Hand
from tests.sync.faults.proxy import FaultProxy
from tests.sync.office import DAY, HOUR, NOW, key
from tests.sync.reliability.rigs import Rig
from tests.sync.reliability.trial import Row, Trial, trial


class Meddler:
    """A person who changes each event right when our update of it is under way: moves it, annotates, renames, removes.

    Where a server is reached by HTTP, that is after we looked and before our write gets there.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self.done: dict[tuple[str, str], tuple[str, str]] = {}
        """By mailbox and remote id, the kind of edit and a word that tells it from others."""
        self._next: tuple[str, str] | None = None

    def aim(self, name: str, *given: object) -> None:
        """At what is about to be written."""
        one = (str(given[0]), str(given[1]))
        if name == "update" and one not in self.done:
            self._next = one

    def strike(self) -> None:
        if self._next is None:
            return
        (mailbox, id), n, self._next = self._next, len(self.done), None
        kind = ("move", "note", "retitle", "remove")[n % 4]
        self.done[mailbox, id] = (kind, f"word{n}")
        if kind == "move":
            self._hand.move(mailbox, id, NOW + 20 * DAY + n * HOUR, NOW + 20 * DAY + (n + 1) * HOUR)
        elif kind == "remove":
            self._hand.remove(mailbox, id)
        else:
            getattr(self._hand, kind)(mailbox, id, f"word{n}")


@contextmanager
def in_the_way(rig: Rig, meddler: Meddler) -> Iterator[Rig]:
    """The rig with the meddler between us and its server."""
    if rig.wire is None:
        yield rig
        return
    wire = rig.wire

    def choose(method: str, path: str, body: bytes) -> None:
        if wire.is_write(method, path, body):
            meddler.strike()

    proxy = FaultProxy(wire.port, choose)
    try:
        yield replace(rig, open=lambda: wire.through(proxy.port))
    finally:
        proxy.close()


def no_lost_updates(rig: Rig, edits: int = 1000) -> Row:
    """Each update meets an edit that we could not have seen."""
    meddler = Meddler(_hand(rig))
    with in_the_way(rig, meddler) as between, trial(between) as world:
        made = world.fill(edits)
        world.publish()
        world.converge()
        world.limits = Limits(events=edits, share=1.0)
        world.faulty.before = meddler.aim if rig.wire else lambda *given: (meddler.aim(*given), meddler.strike())
        ids = {one: (one[0], world.link(*one).remote_id) for one in made}
        for mailbox, activity in made:
            world.want(mailbox, activity, world.planned[mailbox, activity].start + HOUR / 2)
        world.publish()
        world.converge()
        logged = defaultdict[EventKey, list[Clash]](list)
        for clash in world.store.clashes():
            logged[clash.key].append(clash)
        silent = sum(not _heard(world, *one, *meddler.done[ids[one]], logged[key(one[1])]) for one in made)
    conflicts = sum(map(len, logged.values()))
    figure = f"{silent} silent overwrites in {len(meddler.done):,} concurrent edits; {conflicts:,} conflicts in the log"
    return Row("no lost updates", figure, silent == 0 and len(meddler.done) == edits)


def _hand(rig: Rig) -> Hand:
    assert rig.hand is not None, f"nobody can change what stands in {rig.name}"
    return rig.hand


def _heard(world: Trial, mailbox: str, activity: str, kind: str, word: str, logged: Sequence[Clash]) -> bool:
    """Whether the edit is still there, or is in the log with both versions."""
    if kind == "remove":
        return any(c.theirs is None for c in logged)
    if kind == "move":
        at = NOW + 20 * DAY + int(word[4:]) * HOUR
        return any(c.theirs is not None and c.theirs.start == at and c.ours is not None for c in logged)
    (there,) = world.there(mailbox, activity)
    return there.event is not None and word in there.event.notes


class Blinkered:
    """A server whose listing shows nothing, or half, of what is there, and says that it is complete.

    It no longer knows the tokens of the mailboxes in `forgotten`, for one time.
    """

    def __init__(self, inner: Backend) -> None:
        self._inner, self.shown, self.forgotten = inner, 1.0, set[str]()

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        if token is not None and mailbox in self.forgotten:
            self.forgotten.discard(mailbox)
            raise TokenLost("forgotten")
        if self.shown == 1.0:
            return self._inner.changes(mailbox, token, window)
        found = self._inner.changes(mailbox, None, window)
        return found.model_copy(update={"events": found.events[: int(len(found.events) * self.shown)]})


def no_wrong_deletes(rig: Rig, events: int = 200) -> Row:
    """Filtered and empty listings, lost tokens, windows that move on, events that leave them."""
    with trial(rig) as world:
        made = world.fill(events)
        world.publish()
        world.converge()
        eyes = Blinkered(world.faulty.inner)
        world.faulty.inner = eyes  # type: ignore[assignment]
        for shown in (0.5, 0.0, 1.0):
            eyes.shown = shown
            world.cycle()
        if Capability.EDITABLE in world.faulty.capabilities:
            _move_out_of_sight(world, made[::10])
        _lose_tokens(rig, eyes, {mailbox for mailbox, _ in made})
        world.cycle()
        world.time += 12 * DAY
        for _ in range(3):
            world.cycle()
        wrong = sum(len(world.there(*one)) != 1 or world.link(*one).state is not LinkState.LIVE for one in made)
        asked = [p.matter.value for p in world.store.proposals() if p.matter.value in ("deleted", "emptied")]
    figure = f"{wrong} of {events} events lost, {len(asked)} taken for deleted"
    return Row("no wrong deletes", figure, not wrong and not asked)


def _lose_tokens(rig: Rig, eyes: Blinkered, mailboxes: set[str]) -> None:
    if rig.forgets:
        for mailbox in sorted(mailboxes):
            _hand(rig).lose_tokens(mailbox)
    else:
        eyes.forgotten = mailboxes


def _move_out_of_sight(world: Trial, some: Sequence[tuple[str, str]]) -> None:
    far = NOW + 200 * DAY
    for mailbox, activity in some:
        _hand(world.rig).move(mailbox, world.link(mailbox, activity).remote_id, far, far + HOUR)
