"""The safety plan card that a child makes for itself: what it chose, or typed in a few words of its own. Pure values.

It lives inside the sealed state, is shown to nobody else and is no part of a case.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

STEPS = ("place", "person", "bag", "calm")
"""What is asked, in order: where it is safer, whom to go to, what to take along, what calms."""
OPTIONS = 4
OWN_LENGTH = 60
KEPT = timedelta(days=365)
"""How long after it was last looked at the card is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the card: the number of a written option, or words of the child's own."""

    option: int = 0
    own: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The card. `hidden`: after a quick exit or a change of person, until it is asked for by its name."""

    entries: tuple[Entry | None, ...] = (None,) * len(STEPS)
    on: date
    hidden: bool = False

    def having(self, step: int, entry: Entry, today: date) -> "Plan":
        """Return the card with one line written."""
        entries = (*self.entries[:step], entry, *self.entries[step + 1 :])
        return replace(self, entries=entries, on=today)


def hide(plan: Plan | None) -> Plan | None:
    """Return the card out of sight."""
    return None if plan is None else replace(plan, hidden=True)


def still_kept(plan: Plan | None, today: date) -> Plan | None:
    """Return the card if it was looked at within the last year."""
    return plan if plan is not None and today - plan.on < KEPT else None
