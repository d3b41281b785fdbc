"""The connections file: which calendars there are, whose is where, and where the secrets come from."""
