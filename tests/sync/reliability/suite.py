"""Every promise of docs/reliability.md with its sizes, and on which calendars it can be tried."""

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.sync.port import Capability
from tests.sync.reliability import load, mails, once, people, waiting
from tests.sync.reliability.kills import crash_safe
from tests.sync.reliability.rigs import Rig, missing
from tests.sync.reliability.trial import Row


@dataclass(frozen=True)
class Experiment:
    """One promise.

    Attributes
    ----------
    full, small
        Its size as the documentation shows it, and as each run of the tests tries it.
    where
        Where the promise means anything.
    """

    on: Callable[[Rig, int], Row]
    full: int
    small: int
    where: Callable[[Rig], bool] = lambda rig: True

    @property
    def name(self) -> str:
        return self.on.__name__


def people_edit(rig: Rig) -> bool:
    return Capability.EDITABLE in rig.capabilities


def answers_are_mails(rig: Rig) -> bool:
    return rig.answering is not None and not missing("cyrus")


SUITE = (
    Experiment(once.no_duplicates, 10_000, 300),
    Experiment(people.no_lost_updates, 1000, 40, people_edit),
    Experiment(people.no_wrong_deletes, 1000, 60),
    Experiment(once.no_loops, 500, 30),
    Experiment(waiting.throttled, 1000, 100),
    Experiment(waiting.not_held_up, 200, 40),
    Experiment(once.offline, 50, 10),
    Experiment(mails.invitations, 100, 10),
    Experiment(mails.answers, 100, 3, answers_are_mails),
    Experiment(crash_safe, 240, 12),
    Experiment(load.throughput, 20_000, 100),
)
