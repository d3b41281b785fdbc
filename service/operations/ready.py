"""Whether this process can serve: what is wrong, in sentences."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.database import Database


def troubles(database: Database) -> Iterator[str]:
    """What keeps the service from working; nothing when all is well."""
    try:
        with database.engine.connect() as connection:
            found = connection.scalar(text("select version_num from alembic_version"))
    except SQLAlchemyError as error:
        yield f"the database does not answer: {str(error.__cause__ or error).strip().splitlines()[0]}"
        return
    if found != database.head:
        yield f"the database's tables are at {found}, not at {database.head}: start `fieldplan serve` of this version"
