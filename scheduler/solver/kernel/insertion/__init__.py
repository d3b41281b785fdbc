"""Putting an activity into the plan: one slot into its cheapest place, a team into the best combination of places."""
