"""The moves: what is taken out of a plan and how it is put back, one idea a file."""
