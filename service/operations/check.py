"""`fieldplan serve --check`: whether the settings would do, before anything is started."""

import os
from collections.abc import Iterator

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from scheduler.domain.errors import faults_of
from service.database import Database
from service.runs.executors import opened
from service.settings import Settings

PREFIX = "FIELDPLAN_"


def faults() -> Iterator[str]:
    """What is wrong with the environment, a sentence each."""
    yield from unknown()
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in faults_of(error):
            yield f"{PREFIX}{fault.path.upper()}: {fault.message}"
        return
    yield from _of_database(settings)
    yield from _of_executor(settings)


def unknown() -> Iterator[str]:
    """A misspelt variable would be passed over in silence."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name} is no setting; leave it out or correct it: {', '.join(sorted(known))}"


def _of_database(settings: Settings) -> Iterator[str]:
    try:
        database = Database(settings.database_url)
        if not database.embedded and not database.bound():
            yield f"{PREFIX}DATABASE_URL: names a superuser, whom row-level security does not bind; name a plain role"
        with database.engine.connect():
            pass
        database.close()
    except (SQLAlchemyError, ImportError, ValueError) as error:
        yield f"{PREFIX}DATABASE_URL: {str(error.__cause__ or error).strip().splitlines()[0]}"


def _of_executor(settings: Settings) -> Iterator[str]:
    try:
        with opened(settings.executor):
            pass
    except ConnectionError as error:
        yield f"{PREFIX}EXECUTOR: {error}"
