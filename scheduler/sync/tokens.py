"""A calendar's own token, kept with the window of the listing that it began with."""

import json
from datetime import timedelta

from scheduler.domain.interval import Interval
from scheduler.sync.errors import TokenLost

DRIFT = timedelta(days=1)
"""A token is good for windows that begin and end so close to the one it was given for."""


def write_token(state: str, window: Interval) -> str:
    return json.dumps([state, window.model_dump_json()])


def read_token(token: str, window: Interval) -> tuple[str, Interval]:
    """The calendar's token and the window of the last complete listing. Raises TokenLost."""
    try:
        state, given_for = json.loads(token)
        before = Interval.model_validate_json(given_for)
    except (ValueError, TypeError):
        raise TokenLost("that is no token of ours") from None
    if max(abs(window.start - before.start), abs(window.end - before.end)) > DRIFT:
        raise TokenLost("the token was given for another window")
    return str(state), before
