"""Where time comes from: one `Clock`, always timezone-aware UTC."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time in UTC."""

    def now(self) -> datetime:
        """Return the present moment, timezone-aware."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, timezone-aware."""
        return datetime.now(UTC)


class MovableClock:
    """The machine's clock plus an offset that tests may move forward, never back."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the shifted moment, timezone-aware."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> None:
        """Move time forward by `seconds`; raises ValueError when asked to go back."""
        if seconds < 0:
            raise ValueError("time moves forward only: advance_seconds must be 0 or more")
        self._offset += timedelta(seconds=seconds)
