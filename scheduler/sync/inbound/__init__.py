"""What people did in their calendars, as proposals to the plan and as facts for the next problem."""
