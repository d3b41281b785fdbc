"""Plans as versions: assembled problems, drafts, edits, publications."""
