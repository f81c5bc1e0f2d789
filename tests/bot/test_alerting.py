"""An alert that concerns the whole house goes out by every way, again where it was not taken, and names no case."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import alerting
from escalation.shift.mail import Mail
from escalation.shift.outward import Outgoing, Undelivered
from escalation.shift.webhook import Webhook, signature

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SECRET = b"thirty-two letters or a few more"


@dataclass(slots=True)
class Receiver:
    """The operator's own system."""

    refusals: int = 0
    taken: list[tuple[bytes, str]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=500)
        self.taken.append((await request.read(), request.headers["Khien-Signature"]))
        return web.Response()


@dataclass(slots=True)
class Broken:
    tried: int = 0

    async def carry(self, outgoing: Outgoing, now: datetime) -> None:  # noqa: ARG002 - a carrier that never delivers
        self.tried += 1
        raise Undelivered("refused")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerting, "_WAITS", (0.0, 0.0, 0.0))


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, Webhook]]:
    there, app = Receiver(), web.Application()
    app.router.add_post("/", there.take)
    async with TestServer(app) as server:
        yield there, Webhook(url=str(server.make_url("/")), secret=SECRET)


async def test_it_is_sent_again_until_it_is_taken_and_names_no_case(receiver: tuple[Receiver, Webhook]) -> None:
    there, webhook = receiver
    there.refusals = 2
    await alerting.tell_operator({"webhook": webhook}, "tokens_refused", NOW)
    ((body, signed),) = there.taken
    told = json.loads(body)
    assert (told["kind"], told["case"], told["id"]) == ("tokens_refused", None, f"house-{int(NOW.timestamp())}")
    assert signed == signature(SECRET, body, int(NOW.timestamp()))


async def test_one_way_that_fails_does_not_hold_up_the_other(receiver: tuple[Receiver, Webhook]) -> None:
    there, webhook = receiver
    broken = Broken()
    await alerting.tell_operator({"mail": broken, "webhook": webhook}, "tokens_unreachable", NOW)
    assert (len(there.taken), broken.tried) == (1, 3)


@pytest.mark.parametrize("kind", ["tokens_refused", "tokens_unreachable"])
def test_the_mail_says_what_to_do_and_leads_to_no_case(kind: str) -> None:
    mail = Mail(
        host="127.0.0.1",
        port=25,
        security="none",
        user=None,
        password=None,
        sender="a@khien.example",
        receivers=("b@khien.example",),
        desk="https://khien.example",
    )
    written = mail._written(Outgoing(case_id="", number=1, kind=kind, at=NOW))
    assert "người vận hành" in written["Subject"]
    assert "khien " in written.get_content()
    assert "/cases/" not in written.get_content()
