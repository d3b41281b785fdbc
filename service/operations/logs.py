"""Logs: a line of JSON each, or one for people on a terminal. Request and run ids come from the context."""

import logging
import sys
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    lambda _, __, line: {name: value for name, value in line.items() if name != "color_message"},
]
QUIET = ("uvicorn.access", "alembic", "httpx", "distributed")
"""What our own line for each request says better, or what nobody asked for."""


def set_up(level: str, *, people: bool | None = None) -> None:
    """All that is logged in this process goes to stderr in one form; JSON, unless people watch."""
    watched = sys.stderr.isatty() if people is None else people
    shown: Any = structlog.dev.ConsoleRenderer() if watched else structlog.processors.JSONRenderer()
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=processors, foreign_pre_chain=SHARED))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
