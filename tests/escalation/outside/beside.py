"""A system of another organisation on loopback: it hears by signed webhooks, and acts by the staff API alone."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import web

from escalation.api.outside import CaseEvent
from escalation.outside.announcing import CASE
from escalation.shift.outward import Messenger
from escalation.shift.webhook import Webhook
from escalation.staff import tokens
from tests.escalation.test_api import Caller, Callers
from tests.escalation.world import Member, World

SECRET = b"k" * 32
NARROW = ("case.assign", "queue.view", "shift.view", "lobby.view")
"""What a dispatching system needs: no word of any child is behind these."""


@dataclass(slots=True)
class Beside:
    """The other system. `down`: it answers nothing good; `forgets`: it takes an event and dies before its answer."""

    url: str = ""
    down: bool = False
    forgets: int = 0
    events: list[CaseEvent] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    turned_away: int = 0

    async def hook(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if not self._is_right(request.headers.get("Khien-Signature", ""), raw):
            self.turned_away += 1
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        self.posts.append(request.headers["Khien-Id"])
        if self.down:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        event = CaseEvent.model_validate_json(raw)
        assert event.id == request.headers["Khien-Id"]
        if event.id not in {known.id for known in self.events}:
            self.events.append(event)
        self.forgets -= 1
        return web.Response(status=HTTPStatus.BAD_GATEWAY if self.forgets >= 0 else HTTPStatus.NO_CONTENT)

    @staticmethod
    def _is_right(given: str, raw: bytes) -> bool:
        parts = dict(part.partition("=")[::2] for part in given.split(","))
        wanted = hmac.new(SECRET, f"{parts.get('t')}.".encode() + raw, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, parts.get("v1", ""))

    def heard(self, case_id: str) -> list[str]:
        """Return what it was told of one case, in the order in which it came."""
        return [event.kind for event in self.events if event.case == case_id]


async def told(world: World, beside: Beside) -> None:
    """Let everything go out that is due now."""
    webhook = Webhook(url=beside.url, secret=SECRET)
    messenger = Messenger(database=world.database, clock=world.clock, carriers={CASE: webhook})
    while await messenger.send():
        pass


async def dispatcher(world: World, callers: Callers, name: str = "dieuphoi", *, area: str = "national") -> Caller:
    """Return a caller with a narrow token of a supervisor's account made for the system."""
    admin, owner = await world.member(f"admin.{name}", "admin"), await world.member(name, "supervisor", area=area)
    async with world.database.transaction() as unit:
        _, secret = await tokens.make(
            unit, admin.staff, owner_id=owner.staff.id, label="điều phối", actions=NARROW, area="", now=world.now
        )
    return callers.anonymous(secret)


async def assigned(caller: Caller, case_id: str, to: Member) -> tuple[int, Any]:
    """Give a child to a member of staff; returns status and body."""
    answer = await caller.call("POST", f"/cases/{case_id}/assign", {"to": to.staff.id})
    return answer.status, json.loads(await answer.text())
