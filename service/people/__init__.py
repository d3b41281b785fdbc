"""People and keys: who may come in, how they come in, and who may give that to others."""
