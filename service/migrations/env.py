"""Run migrations on the connection that `Database` gives, inside its transaction."""

from alembic import context

from service.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
