"""One plan, one connections file: what `fieldplan sync` does with them, and says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.cli import say, solving
from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict

if TYPE_CHECKING:
    from scheduler.sync.connections.opening import Opened
    from scheduler.sync.content.people import Person
    from scheduler.sync.cycle import Office, Report
    from scheduler.sync.event import Event, EventKey
    from scheduler.sync.link import Box, Intent
    from scheduler.sync.proposal import Proposal

Show = Callable[[int, int], None]


@contextmanager
def open_desk(problem_file: Path, plan_file: Path, connections: Path) -> "Iterator[Desk]":
    """All of it read and opened; every fault is told before anything is sent."""
    from scheduler.io.json import read_plan
    from scheduler.io.read import read_problem
    from scheduler.io.references import require_known
    from scheduler.solver.dayroutes import with_routes

    problem, plan = read_problem(problem_file), read_plan(plan_file)
    require_known(problem, plan, str(plan_file))
    with _opened(connections) as opened:
        people = list(opened.settings.everybody(problem))
        yield Desk(problem, with_routes(problem, plan), opened, people)


@contextmanager
def _opened(connections: Path) -> "Iterator[Opened]":
    from scheduler.sync.connections.opening import opened
    from scheduler.sync.connections.secrets import Vault
    from scheduler.sync.connections.settings import read_settings

    with opened(read_settings(connections), connections.parent, Vault()) as everything:
        yield everything


@dataclass(frozen=True)
class Desk:
    """A plan and the calendars of its people."""

    problem: Problem
    plan: Plan
    opened: "Opened"
    people: "list[Person]"

    def push(self, why: str, allowed: int, patience: timedelta, show: Show) -> bool:
        """Publish, carry out, tell people. False when something is left."""
        from scheduler.sync.cycle import run

        office = self._office()
        intents = self._intents(why)
        if intents:
            self.opened.store.publish(intents)
        report = run(office, allowed=allowed, patience=patience, on_progress=show)
        self._without_calendar()
        told, untold = self._inform(office.now())
        _say(report, told)
        for why in untold:
            say.note(f"left: {why}")
        left = report.waiting or report.blast is not None or untold
        return _questions(self.opened) == 0 and not left

    def pull(self, patience: timedelta, show: Show) -> bool:
        from scheduler.sync.cycle import run

        report = run(self._office(), self._boxes(), write=False, patience=patience, on_progress=show)
        _say(report, 0)
        return _questions(self.opened) == 0 and not report.waiting

    def hear(self, connection: str, mails: Sequence[Path], trusted: str) -> None:
        """Answers to invitations in files, of a connection that invites by mail."""
        from scheduler.sync.backends.itip import read_answer
        from scheduler.sync.connections.itip import ITipSettings
        from scheduler.sync.cycle import hear

        given = self.opened.settings.connections.get(connection)
        if not isinstance(given, ITipSettings):
            raise InvalidInput((Fault("connection", f'{connection!r} does not invite by mail; set kind = "itip"'),))
        host = trusted or (given.inbox.trusted if given.inbox else "")
        read = {mail: read_answer(mail.read_bytes(), host) for mail in mails}
        for mail in (mail for mail, answer in read.items() if answer is None):
            say.note(f"{mail}: no answer, or nobody vouches for its sender")
        heard = hear(self._office(), connection, [answer for answer in read.values() if answer is not None])
        say.note(f"{heard} event(s) answered")
        _questions(self.opened)

    def take(self, output: Path | None) -> None:
        """Say what came of it; with an output, write it into the problem and count it as taken."""
        from scheduler.io.json import write
        from scheduler.sync.cycle import busy_of
        from scheduler.sync.inbound.facts import facts, with_busy
        from scheduler.sync.proposal import Decision

        office = self._office()
        accepted = [p for p in self.opened.store.proposals() if p.decision is Decision.ACCEPTED]
        resource_of = {person.address.lower(): person.resource for person in self.people}
        found = facts(self.plan, accepted, resource_of, office.now())
        busy = busy_of(office, self.people)
        for lock in found.locks:
            say.note(f"lock: {lock.activity} stays at {lock.start}, {lock.why} by {lock.by}")
        for booking in found.unassigned:
            say.note(f"plan again: nobody serves {booking} any more")
        say.note(f"{sum(map(len, busy.values()))} busy time(s) of {len(busy)} calendar(s)")
        if output is None:
            say.note("nothing is taken over; use -o to write the problem with it")
            return
        write(found.into(with_busy(self.problem, busy)), output)
        self.opened.store.take([p.id for p in accepted])
        say.note(f"written to {output}, with the changed plan as the one that stands")

    def preview(self, why: str, patience: timedelta) -> None:
        """In words, what a push would do. Calendars are read for that; nothing is sent."""
        from scheduler.sync.guard import expected, words
        from scheduler.sync.rehearsal import rehearse

        office, zone = self._office(), self.problem.time_zone
        found = rehearse(office, self._intents(why), patience)
        for write in found.writes:
            say.note(words(write.act, write.box, write.before, write.after, zone))
        for box, reason in sorted(found.report.waiting.items()):
            say.note(f"can't be read now: {box}: {reason}")
        links = {box: self.opened.store.links(box) for box in found.report.waiting}
        left = [expected(i, links[i.box].get(i.key), zone, office.now()) for i in found.left]
        for line in (line for line in left if line):
            say.note(f"{line} (by what is known)")
        for proposal in found.asked:
            say.note(f"would ask: {_asked(proposal)}")
        if found.blast is not None:
            say.note(f"would stop: {found.blast}; allow it by --allow-deletions {found.blast.going}")
        self._without_calendar()
        say.note(f"{len(found.writes) + sum(line is not None for line in left)} change(s); nothing was sent")

    def _intents(self, why: str) -> "list[Intent]":
        from scheduler.sync.content.compose import Composer
        from scheduler.sync.cycle import utc_now
        from scheduler.sync.push import outbox

        settings = self.opened.settings
        styles = {name: connection.style for name, connection in settings.connections.items()}
        composer = Composer(self.problem, self.plan, self.opened.secret, why)
        boxes = frozenset(self._boxes())

        def ours(box: "Box", key: "EventKey", event: "Event") -> bool:
            inside = self.problem.horizon.overlaps(event.start, event.end)
            return inside and (key.activity in self.problem.activity or box in boxes)

        return outbox(composer.wanted(self.people, styles), self.opened.store, ours, utc_now())

    def _boxes(self) -> "list[Box]":
        from scheduler.sync.link import Box

        connections = self.opened.settings.connections
        styles = {name: connection.style for name, connection in connections.items()}
        boxes = (
            person.box
            if styles[person.connection].mode == "direct"
            else Box(person.connection, styles[person.connection].organizer or "")
            for person in self.people
        )
        return list(dict.fromkeys(boxes))

    def _office(self) -> "Office":
        from scheduler.sync.cycle import Office

        def judge(plan: Plan) -> Verdict:
            return solving.verify(self.problem, plan)

        return Office(self.opened.connections, self.opened.store, self.plan, judge, self.problem.horizon.end)

    def _inform(self, now: datetime) -> tuple[int, list[str]]:
        """How many were told, and who could not be, who is told by the next push."""
        from scheduler.sync.errors import SyncError
        from scheduler.sync.notice.telling import inform

        settings, told, untold = self.opened.settings, 0, list[str]()
        if self.opened.tell is None:
            return 0, []
        for person in self.people:
            reads = person.resource in self.problem.technician
            if reads and settings.connections[person.connection].style.mode == "direct":
                links = list(self.opened.store.links(person.box).values())
                try:
                    sent = inform(self.opened.store, person, links, settings.quiet, now, self.opened.tell)
                except SyncError as error:
                    untold.append(f"the message to {person.address}: {error}")
                else:
                    told += sent is not None
        return told, untold

    def _without_calendar(self) -> None:
        reached = {person.resource for person in self.people}
        for resource in sorted(self.plan.by_resource.keys() - reached):
            say.note(f"{resource} has no calendar: give an address in the problem or in the connections file")


def _say(report: "Report", told: int) -> None:
    counts = {**report.counts, "told": told}
    done = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    say.note(done or "nothing to do")
    if report.blast is not None:
        say.note(f"stopped: {report.blast}; look at --dry-run, then allow it by --allow-deletions {report.blast.going}")
    for box, why in sorted(report.waiting.items()):
        say.note(f"left: {box}: {why}")


def _questions(opened: "Opened") -> int:
    """Say what a person must decide; returns how many."""
    from scheduler.sync.proposal import Decision

    asked = [p for p in opened.store.proposals() if p.decision is Decision.OPEN]
    for proposal in asked:
        say.note(f"question {proposal.id}: {_asked(proposal)}")
    return len(asked)


def _asked(proposal: "Proposal") -> str:
    who = proposal.who or proposal.mailbox
    if proposal.key is None:
        return f"{proposal.mailbox}: {proposal.reason}"
    about = f"{who} {proposal.matter.value} {proposal.key.activity}"
    when = f" of {proposal.slot.start:%Y-%m-%d %H:%M %Z}" if proposal.slot else ""
    to = f" to {proposal.wish.start:%Y-%m-%d %H:%M %Z}" if proposal.wish else ""
    return about + when + to


def sign_in(connections: Path, name: str) -> None:
    """Let a person sign in for a connection of Microsoft 365; what is kept is encrypted."""
    from scheduler.sync.connections.graph import DelegatedSettings, GraphSettings, person
    from scheduler.sync.connections.secrets import Vault
    from scheduler.sync.connections.settings import read_settings

    path = f"connections.{name}.sign_in"
    given = read_settings(connections).connections.get(name)
    if not isinstance(given, GraphSettings) or not isinstance(given.sign_in, DelegatedSettings):
        wrong = 'is for nobody to sign in; set kind = "graph" and sign_in.method = "person"'
        raise InvalidInput((Fault(path, wrong),), str(connections))
    someone = person(given.sign_in, Vault(), path)
    flow = someone.begin()
    say.note(flow["message"])
    someone.finish(flow)
    say.note("signed in")


def status(connections: Path, conflicts: bool) -> None:
    """One line for each calendar, the open questions, and when asked for every conflict."""
    from collections import Counter

    with _opened(connections) as opened:
        store = opened.store
        for box in store.boxes():
            states = Counter(link.state.value for link in store.links(box).values())
            told = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no events"
            intents = store.intents(box).values()
            waiting = f", {len(intents)} to do" if intents else ""
            refused = "".join(f"; refused {i.key.activity}: {i.refused}" for i in intents if i.refused)
            trouble = store.cursor(box).trouble
            say.note(f"{box}: {told}{waiting}{refused}" + (f"; {trouble}" if trouble else ""))
        clashes = store.clashes()
        for clash in clashes if conflicts else ():
            versions = f"ours: {_version(clash.ours)}; theirs: {_version(clash.theirs)}; {clash.outcome}"
            say.note(f"{clash.at:%Y-%m-%d %H:%M %Z} {clash.mailbox} {clash.key.activity}: {versions}")
        questions = _questions(opened)
        say.note(f"{len(store.boxes())} calendar(s), {len(clashes)} conflict(s) so far, {questions} question(s)")


def _version(event: "Event | None") -> str:
    from scheduler.sync.content.words import when

    return "none" if event is None else f"{event.summary}, {when(event, 'UTC')} UTC"


def decide(connections: Path, question: str, yes: bool, reason: str) -> None:
    from scheduler.sync.proposal import Decision

    with _opened(connections) as opened:
        try:
            opened.store.decide(question, Decision.ACCEPTED if yes else Decision.REFUSED, reason)
        except KeyError:
            raise InvalidInput((Fault("question", f"{question!r} is not open; see `fieldplan sync status`"),)) from None
    say.note("noted; the next pull or push carries it out")
