"""What the desk and its API are given by the composition root."""

from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from content.library import Content
from escalation.shift.limits import Limits
from escalation.tasks.calendar import WorkCalendar
from store.clock import Clock
from store.database import Database
from store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskServices:
    """What every page needs: where things are kept, the time, how this hotline has set the desk, the lessons."""

    database: Database
    vault: Vault
    clock: Clock
    demo: bool = False
    public_url: str | None = None
    lock_after: timedelta | None = None  # None: only by hand
    limits: Limits = field(default_factory=Limits)
    content: Content | None = None
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


SERVICES = web.AppKey("services", DeskServices)
