"""The tables of the compiled search, made from `Compiled`."""
