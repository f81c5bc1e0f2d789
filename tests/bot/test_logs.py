"""Logs hold known keys and short values only; a child's words get through by no door."""

import io
import json
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import ALLOWED, keep_allowed

CANARY = "0912345678"
PROGRAM = f"""
import logging, structlog
from bot import logs
logs.configure("{{style}}")
log = structlog.get_logger()
log.error("turn_failed", error="ValueError", text="{CANARY}", body={{{{"text": "{CANARY}"}}}}, seq=7)
log.bind(address="{CANARY}").info("sent", channel="web")
try:
    raise ValueError("{CANARY}")
except ValueError:
    log.exception("loop_failed")
    logging.getLogger("aiohttp.server").exception("Error handling request {CANARY}")
    logging.getLogger("sqlalchemy").warning("row %s", "{CANARY}")
"""


@given(
    entry=st.dictionaries(
        st.sampled_from(sorted(ALLOWED)) | st.text(max_size=12), st.text() | st.integers(), max_size=9
    )
)
def test_unknown_keys_are_dropped_and_known_ones_stay_short(entry: dict[str, str | int]) -> None:
    kept = keep_allowed(None, "info", dict(entry))
    assert set(kept) == set(entry) & ALLOWED
    assert all(len(value) <= 120 for value in kept.values() if isinstance(value, str))
    assert all(str(entry[key]).startswith(str(value)) for key, value in kept.items())


@pytest.mark.parametrize("key", ["text", "body", "address", "name", "exception", "exc_info", "url", "query", "choice"])
def test_what_could_hold_words_is_not_among_the_known_keys(key: str) -> None:
    assert key not in ALLOWED


@pytest.mark.parametrize("value", [["0912345678"], {"text": "0912345678"}, ("0912345678",), b"0912345678"])
def test_a_known_key_carries_a_plain_value_only(value: object) -> None:
    """A list or a row under a harmless key could bring words along."""
    kept = keep_allowed(None, "info", {"event": "x", "count": value})
    assert CANARY not in repr(kept)


@pytest.mark.parametrize("style", ["json", "console"])
def test_the_canary_never_gets_through(style: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(style=style)], capture_output=True, text=True, check=True
    )
    printed = ran.stdout + ran.stderr
    assert CANARY not in printed
    assert "turn_failed" in printed
    assert "ValueError" in printed
    assert "aiohttp.server" in printed
    if style == "json":
        first = json.loads(io.StringIO(ran.stdout).readline())
        assert set(first) == {"event", "error", "seq", "level", "timestamp"}


def test_libraries_are_heard_by_name_and_level_only(caplog: pytest.LogCaptureFixture) -> None:
    record = logging.LogRecord("aiohttp.access", logging.WARNING, "", 0, f"GET /?session={CANARY}", None, None)
    assert logging.Formatter("%(levelname)s %(name)s").format(record) == "WARNING aiohttp.access"
    assert caplog.text == ""
