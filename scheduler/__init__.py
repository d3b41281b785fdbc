"""Field service scheduling: assign technicians and rooms to service activities."""
