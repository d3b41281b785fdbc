"""Prints what libical reads in a calendar file. Runs in Debian's own Python, which has libical's bindings."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402


def said(time, zones):
    if time.is_date():
        return f"{time.get_year():04}-{time.get_month():02}-{time.get_day():02}"
    zone = zones.get(time.get_tzid()) or time.get_timezone() or ICalGLib.Timezone.get_utc_timezone()
    return datetime.fromtimestamp(time.as_timet_with_zone(zone), UTC).isoformat()


def within(calendar, kind):
    component = calendar.get_first_component(kind)
    while component is not None:
        yield component
        component = calendar.get_next_component(kind)


def zone_of(component):
    zone = ICalGLib.Timezone.new()
    zone.set_component(component.clone())
    return zone


def main(path):
    calendar = ICalGLib.Component.new_from_string(Path(path).read_text(encoding="utf-8"))
    zones = {z.get_tzid(): z for z in map(zone_of, within(calendar, ICalGLib.ComponentKind.VTIMEZONE_COMPONENT))}
    found = {}
    for event in within(calendar, ICalGLib.ComponentKind.VEVENT_COMPONENT):
        start, end = event.get_dtstart(), event.get_dtend()
        found[event.get_uid()] = [said(start, zones), said(end, zones), start.is_date()]
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
