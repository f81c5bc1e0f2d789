"""The words of the pages and the approved phrases, read once from YAML."""

from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

# Viet Nam keeps UTC+7 all year; no time zone data is needed on the machine.
_HANOI = timezone(timedelta(hours=7))
_MINUTE, _HOUR = 60, 3600


@cache
def words(language: str = "vi") -> dict[str, Any]:
    """Return the words of the pages, by section."""
    found: dict[str, Any] = _read(f"{language}.yml")
    return found


def phrases(audience: str, band: str | None, name: str) -> tuple[str, ...]:
    """Return the approved phrases for a child of this band (or an adult), with the counsellor's name put in."""
    key = band or ("parent" if audience == "parent" else "unknown")
    return tuple(phrase.replace("{name}", name) for phrase in _read("phrases.vi.yml")[key])


@cache
def _read(file: str) -> Any:
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
    """Return a moment as staff read it: 14:05 22/11/2026, time of Ha Noi."""
    return moment.astimezone(_HANOI).strftime("%H:%M %d/%m/%Y")


def local_time(moment: datetime) -> str:
    """Return the time of day of a moment in Ha Noi."""
    return moment.astimezone(_HANOI).strftime("%H:%M")


def iso(moment: datetime) -> str:
    """Return a moment for machines."""
    return moment.isoformat(timespec="milliseconds")
