"""VROOM's JSON: its requests as problems, plans as its answers. Its seconds count from 1970-01-01T00:00Z."""
