"""What somebody who reads the trail narrows it to, and where the next page of it begins."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select

from escalation import filters
from escalation.filters import EVERY_DAY, BadFilter, Days
from escalation.tables import trail

OTHERS = ("child", "system", "operator")
"""Who leaves entries beside staff: the child by its own act, the program by itself, whoever runs it by the console."""
_ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)*")
_CURSOR = re.compile(r"(?P<at>[0-9T:.+-]{19,40})~(?P<stream>[\w:.-]{1,40})~(?P<number>[0-9]{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the trail is narrowed to; an empty field narrows nothing."""

    actor: str = ""  # a staff id, or one of OTHERS
    number: str = ""  # of a case
    action: str = ""  # whole, or the word before the first dot
    days: Days = EVERY_DAY

    def of_ours(self) -> dict[str, Any]:
        """Return the filter for the trail."""
        told = {
            "actor": self.actor,
            "number": self.number,
            "action": self.action,
            "since": self.days.since.isoformat() if self.days.since else "",
            "until": self.days.until.isoformat() if self.days.until else "",
        }
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """An entry; a page begins behind it."""

    at: datetime
    stream: str
    number: int

    def __str__(self) -> str:
        """Return it as it stands in an address."""
        return f"{self.at.isoformat()}~{self.stream}~{self.number}"


def filter_of(given: Mapping[str, str], *, staff: Collection[str]) -> Filter:
    """Return the filter of a form; `staff` are the ids that may be chosen. Raises BadFilter."""
    action = given.get("action", "").strip()
    if action and not _ACTION.fullmatch(action):
        raise BadFilter("action")
    return Filter(
        actor=filters.one_of(given, "actor", (*staff, *OTHERS)),
        number=filters.case_number(given),
        action=action,
        days=filters.days(given),
    )


def cursor_of(text: str) -> Cursor | None:
    """Return the entry that an address names, or None for an empty one; raises BadFilter."""
    if not text:
        return None
    found = _CURSOR.fullmatch(text)
    try:
        at = datetime.fromisoformat(found["at"]) if found else None
    except ValueError:
        at = None
    if found is None or at is None or at.tzinfo is None:
        raise BadFilter("before")
    return Cursor(at=at, stream=found["stream"], number=int(found["number"]))


def rows_of(asked: Filter, before: Cursor | None) -> Select[Any]:
    """Select the entries that fit, newest first, behind `before`."""
    statement = select(trail).order_by(trail.c.at.desc(), trail.c.stream.desc(), trail.c.number.desc())
    if before is not None:
        statement = statement.where(_behind(before))
    if asked.actor:
        statement = statement.where(trail.c.actor == asked.actor)
    if asked.number:
        statement = statement.where(trail.c.stream.startswith(f"case:{asked.number}", autoescape=True))
    if asked.action:
        within = trail.c.action.startswith(f"{asked.action}.", autoescape=True) if "." not in asked.action else false()
        statement = statement.where(or_(trail.c.action == asked.action, within))
    if asked.days.begin is not None:
        statement = statement.where(trail.c.at >= asked.days.begin)
    if asked.days.end is not None:
        statement = statement.where(trail.c.at < asked.days.end)
    return statement


def _behind(entry: Cursor) -> ColumnElement[bool]:
    lower = (trail.c.stream == entry.stream) & (trail.c.number < entry.number)
    same_time = (trail.c.at == entry.at) & ((trail.c.stream < entry.stream) | lower)
    return (trail.c.at < entry.at) | same_time
