"""A route with a fixed order of stops: the best times for it, and what it costs. All that lanes do is said here."""
