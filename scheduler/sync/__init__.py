"""Calendars outside: the events we write there, and what comes back from them."""
