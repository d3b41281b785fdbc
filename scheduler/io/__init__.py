"""Readers and writers: JSON, Excel, CSV, VROOM, OSRM over HTTP, Gantt, map and HTML. Each is imported when needed."""
