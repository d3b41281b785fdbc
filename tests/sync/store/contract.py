"""What every store promises. A test module inherits the suite and brings the fixture `open_store`: it opens the same
store again each time it is called, as another process would, with leases of two minutes."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.domain.interval import Interval
from scheduler.sync.event import Event, EventKey
from scheduler.sync.link import Box, Cursor, Foreign, Intent, Link, LinkState
from scheduler.sync.port import Response
from scheduler.sync.proposal import Clash, Decision, Matter, Proposal
from scheduler.sync.store.port import Batch, LeaseLost, Store, Told

NOW = datetime(2027, 3, 15, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOX = Box("office", "olena@example.com")
OTHER = Box("office", "taras@example.com")
KEY = EventKey("a/1", 'say "when"', 2)


def an_event(summary: str = "Lift", start: datetime = NOW) -> Event:
    return Event(uid="u1@fieldplan", summary=summary, start=start, end=start + HOUR)


def an_intent(box: Box = BOX, key: EventKey = KEY, summary: str = "Lift") -> Intent:
    return Intent(connection=box.connection, mailbox=box.mailbox, key=key, uid="u1@fieldplan", event=an_event(summary))


def a_link(box: Box = BOX, key: EventKey = KEY) -> Link:
    return Link(connection=box.connection, mailbox=box.mailbox, key=key, uid="u1@fieldplan")


def a_proposal(who: str = "", at: datetime = NOW) -> Proposal:
    return Proposal(connection=BOX.connection, mailbox=BOX.mailbox, key=KEY, matter=Matter.MOVED, who=who, at=at)


def a_foreign(id: str, series: str | None = None) -> Foreign:
    return Foreign(remote_id=id, series=series, start=NOW, end=NOW + HOUR)


class StoreContract:
    """The suite."""

    @pytest.fixture
    def store(self, open_store: Callable[[], Store]) -> Store:
        return open_store()

    def keep(self, store: Store, batch: Batch, box: Box = BOX) -> None:
        with store.hold(box, NOW) as held:
            assert held is not None
            held.keep(batch, NOW)

    # The outbox

    def test_the_newest_intent_of_a_key_counts(self, store: Store) -> None:
        assert store.revision() == 0 and store.boxes() == ()
        assert store.publish([an_intent(), an_intent(OTHER)]) == 1
        assert store.publish([an_intent(summary="Crane")]) == store.revision() == 2
        (intent,) = store.intents(BOX).values()
        assert intent.revision == 2 and intent.event is not None and intent.event.summary == "Crane"
        assert [i.revision for i in store.intents(OTHER).values()] == [1]
        assert store.boxes() == (BOX, OTHER)

    def test_keys_are_told_apart(self, store: Store) -> None:
        keys = {KEY, KEY._replace(part="travel"), EventKey("a"), EventKey("a", "", 0, "x")}
        store.publish([an_intent(key=key) for key in keys])
        assert set(store.intents(BOX)) == keys

    def test_a_newer_intent_outlives_the_older_one_that_was_carried_out(self, store: Store) -> None:
        store.publish([an_intent()])
        (old,) = store.intents(BOX).values()
        store.publish([an_intent(summary="Crane")])
        self.keep(store, Batch(done=[old], refused=[old.model_copy(update={"refused": "no"})]))
        (left,) = store.intents(BOX).values()
        assert left.revision == 2 and left.refused == ""
        self.keep(store, Batch(refused=[left.model_copy(update={"refused": "no"})]))
        assert [i.refused for i in store.intents(BOX).values()] == ["no"]
        self.keep(store, Batch(done=[left]))
        assert store.intents(BOX) == {}

    def test_our_own_wishes_give_way_to_a_pending_intent(self, store: Store) -> None:
        self.keep(store, Batch(wanted=[an_intent()]))
        assert len(store.intents(BOX)) == 1
        store.publish([an_intent(summary="Crane")])
        self.keep(store, Batch(wanted=[an_intent(summary="Back")]))
        assert [i.event.summary for i in store.intents(BOX).values() if i.event] == ["Crane"]

    # Leases

    def test_a_mailbox_is_held_once(self, open_store: Callable[[], Store]) -> None:
        one, two = open_store(), open_store()
        with one.hold(BOX, NOW) as first, two.hold(BOX, NOW) as second, two.hold(OTHER, NOW) as third:
            assert first is not None and first.box == BOX and second is None and third is not None
        with two.hold(BOX, NOW) as again:
            assert again is not None

    def test_a_lease_that_ran_out_is_taken_over_and_can_write_no_more(self, open_store: Callable[[], Store]) -> None:
        one, two = open_store(), open_store()
        with one.hold(BOX, NOW) as first:
            assert first is not None
            first.keep(Batch(links=[a_link()]), NOW + timedelta(minutes=1))
            with two.hold(BOX, NOW + timedelta(minutes=2)) as early:
                assert early is None
            with two.hold(BOX, NOW + timedelta(minutes=4)) as second:
                assert second is not None
                with pytest.raises(LeaseLost):
                    first.keep(Batch(links=[a_link(key=EventKey("late"))]), NOW)
                second.keep(Batch(links=[a_link().but(state=LinkState.LIVE)]), NOW)
        assert {key: link.state for key, link in two.links(BOX).items()} == {KEY: LinkState.LIVE}

    def test_a_lease_is_given_back_after_an_error(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError), store.hold(BOX, NOW):
            raise ZeroDivisionError
        with store.hold(BOX, NOW) as held:
            assert held is not None

    def test_many_threads_lose_nothing(self, open_store: Callable[[], Store]) -> None:
        stores = [open_store() for _ in range(4)]

        def work(store: Store, n: int) -> None:
            box = Box("office", f"{n}@example.com")
            for round in range(10):
                store.publish([an_intent(box, EventKey(str(round)))])
                with store.hold(box, NOW) as held:
                    assert held is not None
                    held.keep(Batch(links=[a_link(box, EventKey(str(round)))]), NOW)

        threads = [threading.Thread(target=work, args=(store, n)) for n, store in enumerate(stores)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert stores[0].revision() == 40
        assert all(len(stores[0].links(box)) == len(stores[0].intents(box)) == 10 for box in stores[0].boxes())

    # What is kept

    def test_a_batch_is_kept_whole_and_stays(self, open_store: Callable[[], Store]) -> None:
        store = open_store()
        link = (
            a_link().sending(an_event()).but(notes="key\nunder the mat", answers={"o@example.com": Response.ACCEPTED})
        )
        cursor = Cursor(token="t", window=Interval(start=NOW, end=NOW + HOUR), wait_until=NOW, failures=3)
        clash = Clash(**BOX._asdict(), key=KEY, ours=an_event(), theirs=None, at=NOW, outcome="kept")
        self.keep(
            store,
            Batch(links=[link], proposals=[a_proposal()], clashes=[clash], foreign=[a_foreign("f")], cursor=cursor),
        )
        again = open_store()
        assert again.links(BOX) == {KEY: Link.model_validate(link.model_dump())}
        assert again.cursor(BOX) == cursor and again.clashes() == (clash,)
        assert again.proposals() == (a_proposal(),) and again.foreign(BOX) == (a_foreign("f"),)
        assert again.links(OTHER) == {} and again.cursor(OTHER) == Cursor() and again.foreign(OTHER) == ()

    def test_a_held_mailbox_shows_what_is_its_own(self, store: Store) -> None:
        store.publish([an_intent()])
        self.keep(store, Batch(links=[a_link()], proposals=[a_proposal()]))
        with store.hold(BOX, NOW) as held, store.hold(OTHER, NOW) as other:
            assert held is not None and other is not None
            assert set(held.links()) == set(held.intents()) == {KEY}
            assert list(held.proposals().values()) == [a_proposal()] and held.cursor() == Cursor()
            assert other.links() == other.intents() == other.proposals() == {}

    def test_foreign_events_follow_the_listing(self, store: Store) -> None:
        self.keep(store, Batch(foreign=[a_foreign("f1"), a_foreign("o1", "s"), a_foreign("o2", "s")]))
        self.keep(store, Batch(gone=["s", "none"], foreign=[a_foreign("o2", "s")]))
        assert [f.remote_id for f in store.foreign(BOX)] == ["f1", "o2"]
        self.keep(store, Batch(fresh=True, foreign=[a_foreign("f3")]))
        assert [f.remote_id for f in store.foreign(BOX)] == ["f3"]

    def test_answers_are_known_again(self, store: Store) -> None:
        self.keep(store, Batch(answers=["m1", "m1", "m2"]))
        with store.hold(BOX, NOW) as held, store.hold(OTHER, NOW) as other:
            assert held is not None and other is not None
            assert held.answered(["m1", "m3"]) == {"m1"} and held.answered([]) == other.answered(["m1"]) == frozenset()

    # Questions

    def test_a_person_decides_once(self, store: Store) -> None:
        self.keep(store, Batch(proposals=[a_proposal(), a_proposal("t@example.com", NOW + HOUR)]))
        first, second = store.proposals()
        assert (first.who, second.who) == ("", "t@example.com") and first.holds
        store.take([first.id])
        assert len(store.proposals()) == 2, "an open question can't be taken"
        decided = store.decide(first.id, Decision.ACCEPTED, "fine")
        assert decided.decision is Decision.ACCEPTED and decided.reason == "fine" and decided.holds
        for id in (first.id, "none"):
            with pytest.raises(KeyError):
                store.decide(id, Decision.REFUSED, "")
        store.take([first.id, "none"])
        assert [p.id for p in store.proposals()] == [second.id]

    def test_what_was_planned_without_knowing_of_a_move_is_dropped_when_it_is_taken(self, store: Store) -> None:
        store.publish([an_intent(), an_intent(key=EventKey("other"))])
        self.keep(store, Batch(proposals=[a_proposal().decided(Decision.ACCEPTED, "")]))
        store.take([a_proposal().id])
        assert set(store.intents(BOX)) == {EventKey("other")}

    def test_a_later_wish_takes_the_place_of_an_earlier_one(self, store: Store) -> None:
        later = a_proposal().model_copy(update={"wish": Interval(start=NOW, end=NOW + HOUR)})
        self.keep(store, Batch(proposals=[a_proposal().decided(Decision.ACCEPTED, "")]))
        self.keep(store, Batch(proposals=[later]))
        assert store.proposals() == (later,)

    def test_a_question_that_was_read_before_its_answer_does_not_take_it_back(self, store: Store) -> None:
        self.keep(store, Batch(proposals=[a_proposal()]))
        with store.hold(BOX, NOW) as held:
            assert held is not None
            store.decide(a_proposal().id, Decision.ACCEPTED, "fine")
            held.keep(Batch(proposals=[a_proposal(at=NOW + HOUR)]), NOW)
        assert [p.decision for p in store.proposals()] == [Decision.ACCEPTED]
        store.take([a_proposal().id])
        self.keep(store, Batch(proposals=[a_proposal()]))
        assert [p.decision for p in store.proposals()] == [Decision.OPEN], "the plan has it, and it is asked anew"

    # What people were told

    def test_what_people_were_told_is_remembered(self, open_store: Callable[[], Store]) -> None:
        store = open_store()
        assert store.told("olena") == Told({})
        store.tell("olena", Told({str(KEY): an_event()}))
        store.tell("taras", Told({str(KEY): an_event("Crane")}))
        again = open_store()
        assert again.told("olena") == Told({str(KEY): an_event()})
        again.tell("olena", Told({}))
        assert store.told("olena") == Told({}) and store.told("taras").events != {}

    def test_what_is_done_to_a_copy_changes_nothing(self, store: Store) -> None:
        store.publish([an_intent()])
        self.keep(store, Batch(links=[a_link()], proposals=[a_proposal()], cursor=Cursor(token="t")))
        with store.hold(BOX, NOW):
            copy = store.copy()
            self.keep(copy, Batch(links=[a_link().but(remote_id="x")], cursor=Cursor(token="u")))
        assert (copy.links(BOX)[KEY].remote_id, copy.cursor(BOX).token) == ("x", "u")
        assert copy.publish([an_intent(OTHER)]) == 2 and copy.proposals() == store.proposals() != ()
        assert store.links(BOX) == {KEY: a_link()} and store.cursor(BOX).token == "t"
        assert store.revision() == 1 and store.boxes() == (BOX,)
        copy.close()
