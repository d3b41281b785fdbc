"""Published instances, their own solution formats and their own objectives, to measure the scheduler against."""
