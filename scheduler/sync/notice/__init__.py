"""One quiet message to a person whose calendar we changed: what changed, and why."""
