"""What the desk and its API are given by the composition root."""

from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from escalation.shift.limits import Limits
from store.clock import Clock
from store.database import Database
from store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskServices:
    """Database, vault and clock; whether this is a try-out; the public address; when a page locks; what one carries."""

    database: Database
    vault: Vault
    clock: Clock
    demo: bool = False
    public_url: str | None = None
    lock_after: timedelta | None = None  # None: only by hand
    limits: Limits = field(default_factory=Limits)


SERVICES = web.AppKey("services", DeskServices)
