"""Moments as people in Việt Nam read them: the country keeps UTC+7 all year."""

from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))


def spoken_time(at: datetime, language: str) -> str:
    """Return a moment in words: "14:05 ngày 22/11/2026", in English "14:05 on 22 Nov 2026"."""
    here = at.astimezone(VIETNAM)
    joint = "on" if language == "en" else "ngày"
    return f"{here:%H:%M} {joint} {spoken_day(here.date(), language)}"


def spoken_day(day: date, language: str) -> str:
    """Return a day in words: "22/11/2026", in English "22 Nov 2026"."""
    return f"{day:%d %b %Y}" if language == "en" else f"{day:%d/%m/%Y}"
