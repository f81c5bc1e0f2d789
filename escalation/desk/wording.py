"""The words of the pages in the language of whoever reads them, and how times are written."""

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGE: ContextVar[str] = ContextVar("language", default="vi")
"""The language of the request that is being answered."""
# Viet Nam keeps UTC+7 all year; no time zone data is needed on the machine.
_HANOI = timezone(timedelta(hours=7))
_MINUTE, _HOUR = 60, 3600
# Not `strftime`: it would ask the machine for its own language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def words(language: str | None = None) -> dict[str, Any]:
    """Return the words of the pages, by section, in a language or else that of the request."""
    return _words(language or LANGUAGE.get())


@cache
def _words(language: str) -> dict[str, Any]:
    """Read `words/<language>.yml` and whatever stands by subject in the folder `words/<language>`."""
    folder = files("escalation.desk").joinpath("words")
    found: dict[str, Any] = read_words(f"{language}.yml")
    beside = folder.joinpath(language)
    if beside.is_dir():
        for file in sorted(beside.iterdir(), key=lambda each: each.name):
            found = _merged(found, yaml.safe_load(file.read_text(encoding="utf-8")))
    return found


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(one)
    for key, value in other.items():
        known = both.get(key)
        both[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return both


@cache
def read_words(file: str) -> Any:
    """Read one file of words."""
    return yaml.safe_load(files("escalation.desk").joinpath("words", file).read_text(encoding="utf-8"))


def clock_words(span: timedelta) -> str:
    """Return a length of time as a clock shows it: 4:05, or 1:02:05."""
    seconds = max(0, int(abs(span.total_seconds())))
    hours, rest = divmod(seconds, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def wait_words(seconds: int) -> str:
    """Return how long to wait, in words."""
    unit = words()["wait"]
    if seconds < _MINUTE:
        return str(unit["seconds"].format(count=seconds))
    return str(unit["minutes"].format(count=-(-seconds // _MINUTE)))


def local(moment: datetime) -> str:
    """Return a moment in Ha Noi as staff read it: 14:05 22/11/2026, or in English 14:05, 22 Nov 2026."""
    there = moment.astimezone(_HANOI)
    if LANGUAGE.get() == "en":
        return f"{there:%H:%M}, {there.day} {_MONTHS[there.month - 1]} {there.year}"
    return f"{there:%H:%M %d/%m/%Y}"


def local_time(moment: datetime) -> str:
    """Return the time of day of a moment in Ha Noi."""
    return moment.astimezone(_HANOI).strftime("%H:%M")


def iso(moment: datetime) -> str:
    """Return a moment for machines."""
    return moment.isoformat(timespec="milliseconds")
