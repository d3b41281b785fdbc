"""What a plan assumes beside what is given must be sound: of the given, faulty values are only left out."""

from collections.abc import Iterator

from scheduler.domain.errors import Fault
from scheduler.domain.problem import Problem
from service.documents.kinds.waiver import RULE_IDS
from service.http.problems import invalid
from service.planning.scope import Scope
from service.planning.sound import Assembled


def assumed(assembled: Assembled, scope: Scope) -> Problem:
    """The problem, with all that the scope assumes. Raises when the library refuses some of that."""
    if faults := list(_refused(assembled, scope)):
        raise invalid(faults)
    return assembled.problem


def _refused(assembled: Assembled, scope: Scope) -> Iterator[Fault]:
    problem = assembled.problem
    if assembled.left_out:
        yield from _left_out(assembled, scope)
    for n, waiver in enumerate(scope.waivers):
        if waiver.rule not in RULE_IDS:
            yield Fault(f"waivers[{n}].rule", f"{waiver.rule!r} is not the id of a rule; the rules page lists them")
    for n, absence in enumerate(scope.absences):
        if absence.resource not in problem.resource:
            yield Fault(f"absences[{n}].resource", f"{absence.resource!r} is not the id of a technician or room")


def _left_out(assembled: Assembled, scope: Scope) -> Iterator[Fault]:
    problem = assembled.problem
    for name, ours, kept in (("locks", scope.locks, problem.locks), ("waivers", scope.waivers, problem.waivers)):
        if any(one not in kept for one in ours):
            yield from (fault for fault in assembled.left_out if fault.path.startswith(f"{name}["))
