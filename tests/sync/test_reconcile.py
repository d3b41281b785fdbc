"""Wanted, known, seen: properties that hold whatever the three say."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from scheduler.domain.interval import Interval
from scheduler.sync.event import Event, EventKey, EventStatus
from scheduler.sync.link import Intent, Link, LinkState
from scheduler.sync.port import Delta, RemoteEvent
from scheduler.sync.proposal import Matter
from scheduler.sync.reconcile import Act, Reconciled, Sight, reconcile, sort_out
from tests.sync.office import DAY, HOUR, NOW, an_event, key

KEYS = [key(name) for name in "abc"]
WINDOW = Interval(start=NOW - DAY, end=NOW + 30 * DAY)
ABOUT = {"connection": "office", "mailbox": "olena@example.com"}
LATER = [NOW + DAY + n * HOUR for n in range(3)]
TIMES = [NOW - 5 * HOUR, *LATER]


@st.composite
def events(draw: st.DrawFn, name: EventKey) -> Event:
    status = draw(st.sampled_from([EventStatus.CONFIRMED, EventStatus.TENTATIVE]))
    summary = draw(st.sampled_from(["Lift", "Crane"]))
    return an_event(name.activity, draw(st.sampled_from(TIMES)), status=status, summary=summary)


@st.composite
def links(draw: st.DrawFn, name: EventKey) -> Link:
    event = draw(events(name))
    base = Link(**ABOUT, key=name, uid=event.uid, sequence=draw(st.integers(0, 3)))
    state = draw(st.sampled_from(list(LinkState)))
    there = {"event": event, "written": event.stamp, "remote_id": f"id-{name.activity}", "version": "v1"}
    if state is LinkState.LIVE:
        return base.but(state=state, **there, stale=draw(st.booleans()), notes=draw(st.sampled_from(["", "key"])))
    if state is LinkState.UNKNOWN:
        return base.sending(draw(events(name))).but(**draw(st.sampled_from([{}, there])))
    return base.but(state=state, event=None if state is LinkState.PENDING else event)


@st.composite
def remotes(draw: st.DrawFn, link: Link) -> RemoteEvent:
    event = draw(events(link.key))
    told = event.model_copy(update={"notes": draw(st.sampled_from(["", "key", "dog\ncat"]))})
    return RemoteEvent(
        remote_id=link.remote_id or "none",
        version=draw(st.sampled_from(["v1", "v2"])),
        uid=link.uid,
        stamp=event.stamp,
        start=event.start,
        end=event.end,
        event=told,
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[EventKey, Intent], dict[EventKey, Link], Sight]:
    known = {name: draw(links(name)) for name in draw(st.sets(st.sampled_from(KEYS)))}
    wanted = {}
    for name in draw(st.sets(st.sampled_from(KEYS))):
        event = draw(st.none() | events(name))
        uid = an_event(name.activity, NOW).uid
        wanted[name] = Intent(**ABOUT, key=name, uid=uid, event=event, revision=1)
    live = sorted(name for name, link in known.items() if link.state is LinkState.LIVE)
    seen: dict[EventKey, RemoteEvent] = {}
    missing, gone = set(), set()
    for name in live:
        how = draw(st.sampled_from(["seen", "missing", "gone", "nothing"]))
        if how == "seen":
            seen[name] = draw(remotes(known[name]))
        elif how == "missing":
            missing.add(name)
        elif how == "gone":
            gone.add(name)
    return wanted, known, Sight(seen, frozenset(missing), frozenset(gone))


def performed(found: Reconciled, wanted: dict[EventKey, Intent], known: dict[EventKey, Link]) -> Reconciled:
    """What is left to do when every change was carried out as it was asked."""
    known = {**known, **{link.key: link for link in found.links}}
    for change in found.changes:
        if change.act is Act.LOOK_UP:
            continue
        assert change.event is not None
        sent = change.link.sending(change.event, change.intent)
        there = RemoteEvent(remote_id="new", version="v9", start=change.event.start, end=change.event.end)
        known[change.link.key] = sent.gone() if change.act is Act.DELETE else sent.arrived(there)
    held = frozenset(h.link.key for h in found.happened)
    left = {name: intent for name, intent in wanted.items() if intent not in found.done and name not in held}
    return reconcile(left, known, Sight(), NOW)


@given(worlds())
def test_what_was_done_is_not_done_again(world: tuple[dict[EventKey, Intent], dict[EventKey, Link], Sight]) -> None:
    wanted, known, sight = world
    again = performed(reconcile(wanted, known, sight, NOW), wanted, known)
    missing = {c.link.key for c in again.changes if c.act is not Act.LOOK_UP} - sight.missing
    assert missing == set()


@given(worlds())
def test_the_same_three_give_the_same(world: tuple[dict[EventKey, Intent], dict[EventKey, Link], Sight]) -> None:
    wanted, known, sight = world
    turned = (dict(reversed(wanted.items())), dict(reversed(known.items())))
    assert reconcile(wanted, known, sight, NOW) == reconcile(*turned, sight, NOW)


@given(worlds())
def test_echoes_say_nothing(world: tuple[dict[EventKey, Intent], dict[EventKey, Link], Sight]) -> None:
    _, known, sight = world
    echoes = {k: e for k, e in sight.seen.items() if e.version == known[k].version and not known[k].stale}
    found = reconcile({}, known, Sight(echoes), NOW)
    assert found.happened == found.conflicts == ()
    heard = {"seen": "", "worded": ""}
    assert all(link.but(**heard) == known[link.key].but(**heard) for link in found.links)
    assert all(c.act is Act.LOOK_UP for c in found.changes)


@given(worlds())
def test_missing_is_not_deleted(world: tuple[dict[EventKey, Intent], dict[EventKey, Link], Sight]) -> None:
    wanted, known, sight = world
    found = reconcile(wanted, known, Sight(missing=sight.missing | sight.gone), NOW)
    absent = sight.missing | sight.gone
    assert not absent & {link.key for link in found.links}
    assert not absent & {c.link.key for c in found.changes} and not absent & {i.key for i in found.done}
    assert found.happened == ()


@given(worlds())
def test_nothing_is_sent_for_the_past(world: tuple[dict[EventKey, Intent], dict[EventKey, Link], Sight]) -> None:
    wanted, known, sight = world
    for change in reconcile(wanted, known, sight, NOW).changes:
        if change.act in (Act.CREATE, Act.UPDATE):
            assert change.event is not None and change.event.end > NOW
        elif change.act is Act.DELETE:
            assert not change.link.over(NOW)


@given(worlds())
def test_what_people_changed_is_never_written_over_unseen(
    world: tuple[dict[EventKey, Intent], dict[EventKey, Link], Sight],
) -> None:
    wanted, known, sight = world
    found = reconcile(wanted, known, sight, NOW)
    happened = {h.link.key for h in found.happened}
    for change in found.changes:
        before, seen = known.get(change.link.key), sight.seen.get(change.link.key)
        if change.act is Act.UPDATE:
            assert before is not None and change.link.key not in happened
            assert seen is not None or not before.stale
            assert seen is None or change.link.version == seen.version
            assert change.event is not None and change.event.sequence > before.sequence
            if seen is not None and seen.event is not None and seen.version != before.version:
                assert set(seen.event.notes.splitlines()) <= set(change.event.notes.splitlines())


@given(worlds())
def test_a_move_or_a_deletion_is_told_or_logged(
    world: tuple[dict[EventKey, Intent], dict[EventKey, Link], Sight],
) -> None:
    wanted, known, sight = world
    found = reconcile(wanted, known, sight, NOW)
    told = {h.link.key: h.matter for h in found.happened}
    logged = {c.link.key for c in found.conflicts}
    for name, remote in sight.seen.items():
        link = known[name]
        assert link.event is not None
        moved = (remote.start, remote.end) != (link.event.start, link.event.end) and remote.version != link.version
        planned = wanted.get(name)
        agreed = planned is not None and planned.event is not None and planned.event.start == remote.start
        if moved and not link.over(NOW) and not agreed:
            assert told.get(name) is Matter.MOVED or name in logged
    for name in sight.gone:
        if not known[name].over(NOW) and not (name in wanted and wanted[name].event is None):
            assert told.get(name) is Matter.DELETED or name in logged


def live(start: datetime = LATER[0]) -> Link:
    event = an_event("a", start)
    base = Link(**ABOUT, key=key("a"), uid=event.uid).sending(event)
    return base.arrived(RemoteEvent(remote_id="ours", version="v1", start=event.start, end=event.end))


def seen(id: str, uid: str | None = None, ical_uid: str = "") -> RemoteEvent:
    event = an_event("a", LATER[1]) if uid else None
    return RemoteEvent(
        remote_id=id, version="v2", uid=uid, ical_uid=ical_uid, start=LATER[1], end=LATER[1] + HOUR, event=event
    )


def test_only_the_id_that_we_recorded_is_ours() -> None:
    link = live()
    listed = (seen("ours", link.uid), seen("copy", link.uid), seen("invitation", None, link.uid), seen("dentist"))
    sight, foreign = sort_out(Delta(events=listed), {link.key: link}, WINDOW)
    assert list(sight.seen.values()) == [listed[0]] and [f.remote_id for f in foreign] == ["dentist"]


def test_what_a_window_can_not_show_is_not_missing() -> None:
    inside, outside = live(), live(NOW + 60 * DAY).but(key=key("b"), remote_id="far")
    known = {link.key: link for link in (inside, outside)}
    assert sort_out(Delta(complete=True), known, WINDOW)[0].missing == {inside.key}
    assert sort_out(Delta(gone=("far", "else")), known, WINDOW)[0].missing == {outside.key}
    again = Delta(gone=("ours",), events=(seen("ours", inside.uid),))
    assert sort_out(again, known, WINDOW)[0].missing == frozenset()


def test_a_refused_event_waits_for_a_newer_one() -> None:
    intent = Intent(**ABOUT, key=key("a"), uid="u", event=an_event("a", LATER[0]), refused="too long")
    assert reconcile({intent.key: intent}, {}, Sight(), NOW) == Reconciled()
