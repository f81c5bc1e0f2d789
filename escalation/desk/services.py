"""What the desk and its API are given by the composition root."""

from dataclasses import dataclass

from aiohttp import web

from store.clock import Clock
from store.database import Database
from store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskServices:
    """Database, vault and clock; whether the public address is https; whether this is a try-out."""

    database: Database
    vault: Vault
    clock: Clock
    public_https: bool = False
    demo: bool = False


SERVICES = web.AppKey("services", DeskServices)
