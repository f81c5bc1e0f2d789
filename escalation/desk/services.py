"""What the desk and its API are given by the composition root."""

from dataclasses import dataclass, field

from aiohttp import web

from escalation.shift.limits import Limits
from store.clock import Clock
from store.database import Database
from store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskServices:
    """Database, vault and clock; whether the public address is https; whether this is a try-out; what one may carry."""

    database: Database
    vault: Vault
    clock: Clock
    public_https: bool = False
    demo: bool = False
    limits: Limits = field(default_factory=Limits)


SERVICES = web.AppKey("services", DeskServices)
