"""From the address that was given to the calendar itself."""

from scheduler.sync.backends.caldav.reports import CALDAV, DAV, Found, parse, propfind
from scheduler.sync.backends.caldav.session import Session, path_of
from scheduler.sync.errors import Denied, NotFound

ASKED = propfind(
    "D:resourcetype",
    "D:current-user-principal",
    "C:calendar-home-set",
    "C:schedule-default-calendar-URL",
    "C:supported-calendar-component-set",
)
STEPS = 5


def calendar_of(session: Session, path: str) -> str:
    """The path of the calendar: what was given, the one in that home, or the one of the user who asks.

    Where a home has several, the server's own default is taken, else the first by name. Raises Denied where there is
    none.
    """
    for _ in range(STEPS):
        here = _at(session, path)
        if _is_calendar(here):
            return _folder(here.path)
        inside = _inside(session, path) if f"{DAV}collection" in here.kinds() else []
        if inside:
            return _chosen(session, here, inside)
        further = here.href(f"{CALDAV}calendar-home-set") or here.href(f"{DAV}current-user-principal")
        if further is None or path_of(further) == path_of(path):
            break
        path = path_of(further)
    raise Denied(f"{path} leads to no calendar; give the address of the calendar or of the calendar home")


def _at(session: Session, path: str) -> Found:
    try:
        found, _ = parse(session.read("PROPFIND", path, ASKED, depth=0).body)
    except NotFound as error:
        raise Denied(f"there is nothing at {path}: {error}") from error
    if not found:
        raise Denied(f"there is nothing at {path}")
    return found[0]


def _inside(session: Session, path: str) -> list[Found]:
    found, _ = parse(session.read("PROPFIND", path, ASKED, depth=1).body)
    return sorted((one for one in found if _is_calendar(one)), key=lambda one: one.path)


def _chosen(session: Session, home: Found, inside: list[Found]) -> str:
    paths = [_folder(one.path) for one in inside]
    default = next(
        (path_of(p) for one in (home, *inside) if (p := one.href(f"{CALDAV}schedule-default-calendar-URL"))), ""
    )
    named = [path for path in paths if path.rstrip("/").endswith(("/Default", "/default", "/calendar"))]
    return _folder(default) if _folder(default) in paths else (named or paths)[0]


def _is_calendar(found: Found) -> bool:
    kinds = found.kinds()
    if f"{CALDAV}calendar" not in kinds:
        return False
    holds = found.props.get(f"{CALDAV}supported-calendar-component-set")
    return holds is None or len(holds) == 0 or "VEVENT" in {one.get("name") for one in holds}


def _folder(path: str) -> str:
    return path if path.endswith("/") else f"{path}/"
