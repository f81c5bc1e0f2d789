"""Reads what is posted to us: the raw bytes within a limit and a time, and values that may be anything at all."""

import asyncio
import hashlib
import json
from typing import Any, Final

import structlog
from aiohttp import web

MAX_BODY: Final = 1024 * 1024  # the longest event is far below it
READ_SECONDS = 30.0  # for a body to arrive; over a bad network a child's few words take less
MAX_ID: Final = 200  # characters of an id that a messenger gives; those known have at most 64
_LONGEST_NAME: Final = 140  # of what the inbox knows a message by; behind it may stand which part of it
log = structlog.get_logger(__name__)


async def read_body(request: web.Request, channel: str, *, most: int = MAX_BODY) -> bytes | None:
    """Return the body as it came, or None when it is longer than `most` bytes or cannot be read.

    Raises HTTPRequestTimeout where it does not end: whoever it is from may bring it again, and keeps no line for ever.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most:
                    return None
    except TimeoutError:
        # A packed body that is cut short ends in this too: aiohttp waits for the rest of it although all has come.
        log.warning("webhook.endless_body", channel=channel)
        raise web.HTTPRequestTimeout from None
    except Exception as error:  # noqa: BLE001 - cut off or wrongly compressed: aiohttp has many names for it
        log.warning("webhook.unreadable_body", channel=channel, error=type(error).__name__)
        return None
    return bytes(body)


def as_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object; anything else is an empty one."""
    try:
        return object_in(json.loads(body))
    except (ValueError, RecursionError):
        return {}


def object_in(value: object) -> dict[str, Any]:
    """Return a value that is an object; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def words_in(value: object) -> str | None:
    """Return words that can be stored: a lone surrogate, which JSON allows, cannot be written as UTF-8."""
    if not isinstance(value, str) or not value.strip():
        return None
    return value.encode("utf-8", "replace").decode("utf-8")


def id_in(value: object) -> str | None:
    """Return an id as text, whether it came as one or as a number; None where it cannot be one."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**MAX_ID else None
    is_id = isinstance(value, str) and 0 < len(value) <= MAX_ID and value.isascii() and value.isprintable()
    return value if is_id and isinstance(value, str) and not value.isspace() else None


def name_of(kind: str, number: str) -> str:
    """Return by what the inbox knows a message for ever: its number, or a digest where that would not fit."""
    name = f"{kind}:{number}"
    if len(name) <= _LONGEST_NAME and name.isascii() and name.isprintable():
        return name
    return f"sha256:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}"
