"""What `scheduler.sync` keeps, in the service's database, apart for each tenant."""

from service.calendars.store.tenant import TenantStore
from service.calendars.store.writing import Writing

__all__ = ["TenantStore", "Writing"]
