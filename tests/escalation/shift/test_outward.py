"""Alerts leave the house signed, by ids alone, at least once, and again until they are taken; by real servers here."""

import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.controller import Controller

from escalation.cases import raise_alert
from escalation.shift.mail import Mail
from escalation.shift.outward import KINDS, MAX_ATTEMPTS, Messenger, Outgoing, Way
from escalation.shift.tables import notice
from escalation.shift.webhook import Webhook
from store.clock import MovableClock
from tests.escalation.hotline import Hotline

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
SECRET = b"s" * 32


@dataclass(slots=True)
class Receiver:
    """The operator's own system: fails as often as it is told to, and remembers everything."""

    failures: int = 0
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        self.seen.append((dict(request.headers), await request.read()))
        self.failures -= 1
        if self.failures >= 0:
            return web.Response(status=503)
        return web.Response(status=204)

    async def redirect(self, _request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "/hook"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    app, made = web.Application(), Receiver()
    app.router.add_post("/hook", made.take)
    app.router.add_post("/elsewhere", made.redirect)
    server = TestServer(app)
    await server.start_server()
    made.url = str(server.make_url("/hook"))
    yield made
    await server.close()


async def alerted(hotline: Hotline, kind: str = "late_first_reply") -> str:
    case_id = await hotline.child("em", "bố đánh em đau lắm")
    async with hotline.database.transaction() as unit:
        await raise_alert(unit, case_id, kind, hotline.now)
    return case_id


def messenger(hotline: Hotline, clock: MovableClock, **carriers: Any) -> Messenger:
    ways: dict[Way, Any] = {}
    for way, carrier in carriers.items():
        ways["webhook" if way == "webhook" else "mail"] = carrier
    return Messenger(database=hotline.database, clock=clock, carriers=ways)


@pytest.fixture
def clock(hotline: Hotline) -> MovableClock:
    made = MovableClock()
    hotline.now = made.now()
    return made


async def test_a_webhook_that_fails_first_gets_the_same_alert_again_and_then_no_more(
    hotline: Hotline, clock: MovableClock, receiver: Receiver
) -> None:
    receiver.failures = 2
    case_id = await alerted(hotline)
    sending = messenger(hotline, clock, webhook=Webhook(url=receiver.url, secret=SECRET))
    assert await sending.send()
    assert not await sending.send()  # not before its time
    for wait in (5, 30):
        clock.advance(wait)
        assert await sending.send()
    clock.advance(7200)
    assert not await sending.send()
    assert len({(headers["Khien-Id"], body) for headers, body in receiver.seen}) == 1
    assert len(receiver.seen) == 3
    [row] = await hotline.rows(notice)
    assert (row.case_id, row.status, row.attempts) == (case_id, "sent", 3)


async def test_a_webhook_is_signed_and_carries_ids_and_words_of_ours_alone(
    hotline: Hotline, clock: MovableClock, receiver: Receiver
) -> None:
    case_id = await alerted(hotline)
    await messenger(hotline, clock, webhook=Webhook(url=receiver.url, secret=SECRET)).send()
    [(headers, body)] = receiver.seen
    stamp, signed = (part.split("=")[1] for part in headers["Khien-Signature"].split(","))
    assert hmac.compare_digest(hmac.new(SECRET, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest(), signed)
    told = json.loads(body)
    assert set(told) == {"id", "type", "kind", "case", "at"}
    assert (told["case"], told["kind"], told["id"]) == (case_id, "late_first_reply", headers["Khien-Id"])
    assert "đánh" not in body.decode()


async def test_a_redirect_is_not_followed(hotline: Hotline, clock: MovableClock, receiver: Receiver) -> None:
    await alerted(hotline)
    elsewhere = receiver.url.replace("/hook", "/elsewhere")
    await messenger(hotline, clock, webhook=Webhook(url=elsewhere, secret=SECRET)).send()
    assert receiver.seen == []
    assert [row.status for row in await hotline.rows(notice)] == ["pending"]


async def test_what_nobody_takes_is_parked_after_the_last_attempt(
    hotline: Hotline, clock: MovableClock, receiver: Receiver
) -> None:
    receiver.failures = 1000
    await alerted(hotline)
    sending = messenger(hotline, clock, webhook=Webhook(url=receiver.url, secret=SECRET))
    for _ in range(MAX_ATTEMPTS + 3):
        await sending.send()
        clock.advance(7200)
    [row] = await hotline.rows(notice)
    assert (row.status, row.attempts, len(receiver.seen)) == ("parked", MAX_ATTEMPTS, MAX_ATTEMPTS)


async def test_a_process_that_dies_while_sending_leaves_the_alert_to_the_next(
    hotline: Hotline, clock: MovableClock, receiver: Receiver
) -> None:
    await alerted(hotline)

    class Dies:
        async def carry(self, outgoing: Outgoing, now: object) -> None:
            raise SystemError(f"{outgoing.id} {now}")

    with pytest.raises(SystemError):
        await messenger(hotline, clock, webhook=Dies()).send()
    clock.advance(5)
    assert await messenger(hotline, clock, webhook=Webhook(url=receiver.url, secret=SECRET)).send()
    assert len(receiver.seen) == 1


async def test_only_broken_promises_leave_and_nothing_older_than_an_hour(
    hotline: Hotline, clock: MovableClock, receiver: Receiver
) -> None:
    assert "child_left" not in KINDS
    await alerted(hotline, "child_left")
    sending = messenger(hotline, clock, webhook=Webhook(url=receiver.url, secret=SECRET))
    assert not await sending.send()
    async with hotline.database.transaction() as unit:
        [row] = await hotline.rows(notice.metadata.tables["cases"])
        await raise_alert(unit, row.id, "silence", hotline.now)
    clock.advance(3600)
    assert not await sending.send()
    assert receiver.seen == []


class Mailbox:
    """What a real SMTP server was given; it refuses the first mails if it is told to."""

    def __init__(self, refuses: int) -> None:
        self.refuses = refuses
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - its name there
        self.refuses -= 1
        if self.refuses >= 0:
            return "451 come again later"
        self.mails.append(bytes(envelope.content))
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_mail_names_the_case_by_number_and_comes_again_after_a_refusal(
    hotline: Hotline, clock: MovableClock
) -> None:
    box, port = Mailbox(refuses=1), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        case_id = await alerted(hotline)
        mail = Mail(
            host="127.0.0.1",
            port=port,
            security="none",
            user=None,
            password=None,
            sender="khien@example.vn",
            receivers=("truc@example.vn", "ca@example.vn"),
            desk="https://khien.example.vn",
        )
        sending = messenger(hotline, clock, mail=mail)
        assert await sending.send()
        clock.advance(5)
        assert await sending.send()
    finally:
        server.stop()
    [written] = box.mails
    found = message_from_bytes(written)
    body = found.get_payload(decode=True)
    assert isinstance(body, bytes)
    text = body.decode()
    assert case_id[:6].upper() in text
    assert f"https://khien.example.vn/desk/cases/{case_id}" in text
    assert "Quá mục tiêu" in text
    assert "đánh" not in text
    assert found["Message-ID"] == f"<{case_id}-1@khien-nho>"
    assert [row.status for row in await hotline.rows(notice)] == ["sent"]


async def test_each_way_has_its_own_row_and_a_dead_one_holds_up_nothing(
    hotline: Hotline, clock: MovableClock, receiver: Receiver
) -> None:
    await alerted(hotline)
    dead = Mail(
        host="127.0.0.1",
        port=free_port(),
        security="none",
        user=None,
        password=None,
        sender="a@example.vn",
        receivers=("b@example.vn",),
        desk="",
    )
    sending = messenger(hotline, clock, webhook=Webhook(url=receiver.url, secret=SECRET), mail=dead)
    assert await sending.send()
    assert await sending.send()
    assert {row.way: row.status for row in await hotline.rows(notice)} == {"webhook": "sent", "mail": "pending"}
