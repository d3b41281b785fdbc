"""A week of a service company in Kyiv, made up and always the same."""
