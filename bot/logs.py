"""Structured logs that can't hold a child's words: only known keys, and only short values, get through."""

import logging
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

# Every key that may be logged. Anything else is dropped, so that a careless call cannot leak.
ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "error", "conversation", "seq", "channel", "case", "port", "host", "database",
        "seconds", "kind", "route", "update_id", "role", "count", "attempt", "method",
    }
)  # fmt: skip
_LONGEST = 120


def keep_allowed(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not known to be harmless, and cut what is long."""
    return {
        key: value[:_LONGEST] if isinstance(value, str) else value
        for key, value in entry.items()
        if key in ALLOWED and isinstance(value, str | int | float | None)
    }


class NameAndLevel(logging.Formatter):
    """Writes a library's name and level only: its message or traceback may quote a request or a row."""

    def format(self, record: logging.LogRecord) -> str:
        """Return level, name and the kind of error where there is one."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        return f"{record.levelname} {record.name} {kind}".rstrip()


def configure(style: Literal["json", "console"]) -> None:
    """Set up logging for the process. Libraries speak only when something is wrong."""
    renderer: Any = structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            renderer,
        ],
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(NameAndLevel())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
