"""A plan as one HTML file that needs nothing else: Gantt chart, map, tables. Every text in it is escaped."""
