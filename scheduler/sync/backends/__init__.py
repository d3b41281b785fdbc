"""One file for each kind of calendar."""
