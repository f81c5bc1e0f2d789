"""What the desk and its API are given by the composition root."""

from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from content.library import Content
from escalation.casefile.forms import Forms, our_forms
from escalation.desk.sight import QueueSight
from escalation.outside.queue import OUR_DESK, QueueOwner
from escalation.referrals.receivers import Receivers, our_receivers
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
    sight: QueueSight = field(default_factory=QueueSight)
    forms: Forms = field(default_factory=our_forms)
    receivers: Receivers = field(default_factory=our_receivers)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    queue: QueueOwner = OUR_DESK


SERVICES = web.AppKey("services", DeskServices)
