"""calendarView/delta: rows out of order and repeated, in small pages; what left the window is called removed."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.sync.backends.graph_double.answer import Answer, Problem
from tests.sync.backends.graph_double.shape import shown, zoned
from tests.sync.backends.graph_double.store import Item, Mailbox

if TYPE_CHECKING:
    from tests.sync.backends.graph_double.graph import Double


def answer(double: "Double", mailbox: Mailbox, query: dict[str, str]) -> Answer:
    """The first page of a round, or the one that a skip token names."""
    if "$skiptoken" in query:
        return Answer(200, _known(mailbox, query["$skiptoken"]))
    if "$deltatoken" in query:
        state = _known(mailbox, query["$deltatoken"])
    else:
        window = [datetime.fromisoformat(query[name]) for name in ("startDateTime", "endDateTime")]
        state = {"window": window, "position": 0, "known": set()}
    return Answer(200, _paged(double, mailbox, query["path"], _rows(mailbox, state), _after(mailbox, state)))


def _known(mailbox: Mailbox, token: str) -> Any:
    if not token.startswith("t-"):
        raise Problem(400, "BadRequest", "Badly formed token.")
    if token not in mailbox.tokens:
        raise Problem(410, "syncStateNotFound", "The sync state generation is not found.")
    return mailbox.tokens[token]


def _inside(mailbox: Mailbox, state: dict[str, Any]) -> dict[str, Item]:
    start, end = state["window"]
    return {id: item for id, item in mailbox.items.items() if item.overlaps(start, end)}


def _after(mailbox: Mailbox, state: dict[str, Any]) -> dict[str, Any]:
    return {"window": state["window"], "position": len(mailbox.log), "known": set(_inside(mailbox, state))}


def _rows(mailbox: Mailbox, state: dict[str, Any]) -> list[dict[str, Any]]:
    inside = _inside(mailbox, state)
    touched = dict.fromkeys(mailbox.log[state["position"] :])
    rows: list[dict[str, Any]] = []
    for id in touched:
        if id in inside:
            rows += _shown(mailbox, inside[id], state["window"])
        elif id in state["known"]:
            rows.append({"id": id, "@removed": {"reason": "deleted"}})
    return [*reversed(rows), *rows[:1]]


def _shown(mailbox: Mailbox, item: Item, window: list[datetime]) -> list[dict[str, Any]]:
    """A series with its occurrences, of which Graph says little; other events whole, but for extended properties."""
    whole = shown(item, None, [], mailbox.address)
    if not item.days:
        return [whole]
    times = [one for one in item.occurrences() if one.overlaps(*window)]
    return [
        whole,
        *(
            {
                "@odata.type": "#microsoft.graph.event",
                "@odata.etag": one.etag,
                "id": one.id,
                "seriesMasterId": item.id,
                "type": "occurrence",
                "start": zoned(one.start),
                "end": zoned(one.end),
            }
            for one in times
        ),
    ]


def _paged(
    double: "Double", mailbox: Mailbox, path: str, rows: list[dict[str, Any]], after: dict[str, Any]
) -> dict[str, Any]:
    def keep(what: Any) -> str:
        token = f"t-{len(mailbox.tokens)}-{len(mailbox.log)}"
        mailbox.tokens[token] = what
        return token

    link = f"{double.url}{path}?"
    page = {"value": rows[-double.page :], "@odata.deltaLink": f"{link}$deltatoken={keep(after)}"}
    for n in range(len(rows) - double.page, 0, -double.page):
        earlier = rows[max(0, n - double.page) : n]
        page = {"value": earlier, "@odata.nextLink": f"{link}$skiptoken={keep(page)}"}
    return page
