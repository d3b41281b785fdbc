// Prints what ical.js or node-ical reads in a calendar file: for each uid the start, the end, and whether it is a day.
"use strict";
const fs = require("fs");

const [reader, path] = process.argv.slice(2);
const text = fs.readFileSync(path, "utf8");
const found = {};

function date(given) {
  const two = (number) => String(number).padStart(2, "0");
  return `${given.getFullYear()}-${two(given.getMonth() + 1)}-${two(given.getDate())}`;
}

if (reader === "ical.js") {
  const ICAL = require("ical.js");
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  for (const component of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    const said = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString());
    found[event.uid] = [said(event.startDate), said(event.endDate), event.startDate.isDate];
  }
} else {
  const ical = require("node-ical");
  for (const event of Object.values(ical.sync.parseICS(text))) {
    if (event.type !== "VEVENT") continue;
    const day = event.datetype === "date";
    const said = (time) => (day ? date(time) : time.toISOString());
    found[event.uid] = [said(event.start), said(event.end), day];
  }
}
process.stdout.write(JSON.stringify(found));
