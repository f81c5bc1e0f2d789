"""What the desk and its API are given by the composition root."""

from dataclasses import dataclass

from aiohttp import web

from content.library import Content
from store.clock import Clock
from store.database import Database
from store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskServices:
    """Database, vault and clock; whether the public address is https; a try-out or not; the lessons to send from."""

    database: Database
    vault: Vault
    clock: Clock
    public_https: bool = False
    demo: bool = False
    content: Content | None = None


SERVICES = web.AppKey("services", DeskServices)
