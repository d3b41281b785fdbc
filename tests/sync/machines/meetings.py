"""The same of meetings, to which people are invited: they accept, decline and ask for other times."""

from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from scheduler.domain.interval import Interval
from scheduler.sync.inbound.judging import Policy
from scheduler.sync.port import RemoteEvent, Response
from scheduler.sync.proposal import Matter
from tests.sync.machines.calendars import Calendars
from tests.sync.machines.setting import BEGINS, POLICIES, activities, slots
from tests.sync.office import HOUR

RESPONSES = [Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED]


class Meetings(Calendars):
    """One event an activity in the organiser's mailbox, with a technician as attendee and a room as resource."""

    counters = True
    """Whether the calendar knows of another time that is asked for."""

    @initialize(policy=st.sampled_from(POLICIES), begin=st.sampled_from(BEGINS))
    def begin(self, policy: Policy, begin: datetime) -> None:
        self.said: dict[tuple[str, str], tuple[Response, RemoteEvent]] = {}
        self.heard: set[tuple[str, str, Matter]] = set()
        super().begin(policy, begin)

    def _want(self, activity: str, start: datetime | None, **more: object) -> None:
        guest, room = self.others
        super()._want(activity, start, organizer=self.mailbox, attendees=(guest,), rooms=(room,), **more)

    def _forget(self, remote_id: str) -> None:
        super()._forget(remote_id)
        self.said = {key: said for key, said in self.said.items() if said[1].remote_id != remote_id}

    def _listen(self) -> None:
        self.heard |= {(p.key.activity, p.who, p.matter) for p in self.world.store.proposals() if p.key}

    @rule(activity=activities, who=st.integers(0, 1), response=st.sampled_from(RESPONSES))
    def answer(self, activity: str, who: int, response: Response) -> None:
        self._answer(activity, self.others[who], response, None)

    @rule(activity=activities, slot=slots)
    def counter(self, activity: str, slot: datetime) -> None:
        if self.counters:
            self._answer(activity, self.others[0], Response.TENTATIVE, Interval(start=slot, end=slot + HOUR))

    def _answer(self, activity: str, who: str, response: Response, wish: Interval | None) -> None:
        for event in self._ours(activity)[:1]:
            self.hand.answer(self.mailbox, event.remote_id, who, response, wish)
            self.touched.add(event.remote_id)
            (now,) = (e for e in self._ours(activity) if e.remote_id == event.remote_id)
            self.said[activity, who] = response, now
            self.heard -= {(activity, who, matter) for matter in Matter}

    def _settled(self, activity: str) -> None:
        """Who declined was asked about; an answer to what still stands as it was answered is known."""
        super()._settled(activity)
        link = self._link(activity)
        for event in self._ours(activity):
            for who in self.others:
                response, answered = self.said.get((activity, who), (Response.NONE, event))
                if link is None or event.end <= self.world.time or answered.remote_id != event.remote_id:
                    continue
                if response is Response.DECLINED and answered.end > self.world.time:
                    asked = {(activity, who, Matter.DECLINED), (activity, who, Matter.ROOM_LOST)}
                    assert asked & self.heard, f"nobody heard {who} decline {activity}"
                if response is not Response.NONE and answered.version == event.version:
                    assert link.answers.get(who) is response, f"{who} said {response} to {activity}"


class WithoutCounters(Meetings):
    """On calendars that know of no other time that is asked for."""

    counters = False
