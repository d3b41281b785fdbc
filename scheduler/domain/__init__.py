"""Frozen values that say what is given and what comes out. No input or output, no solver."""
