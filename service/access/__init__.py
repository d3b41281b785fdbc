"""Who calls, for which tenant, and what that allows."""
