"""Calendars of the people who do the work: connections, what sync keeps, questions, feeds, and who visits them."""
