"""What people read in their calendars, in their language, made from a plan."""
