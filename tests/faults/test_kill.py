"""The process is killed at any moment, the database goes away: what was accepted is answered once, in order."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from escalation.tables import cases, consent
from store import conversations
from store.conversations import message_place
from store.database import Transaction
from store.outbox import outbox_place
from store.tables import inbox, message, outbox
from store.vault import Vault
from tests.faults.restarts import control
from tests.postgres import Postgres
from tests.served import Served, served
from tests.served_people import WebChild, until
from tests.telegram.bot_api_server import BotApiServer

DISCLOSURE = "em bi danh o truong, ngay nao tui no cung chan duong danh em"
# What is typed on the way to a counsellor, and the choice that its answer brings and no answer before it.
KEY_STEPS = {
    "chào bạn": "role.child",
    "học sinh": "band.11-14",
    "cấp 2": "learn",
    DISCLOSURE: "safe.no",
    "gặp cô chú 111": "consent.conversation.yes",
    "đồng ý": "withdraw",
}
PATIENCE = 40.0
STEP_SECONDS = 61.0  # a send that was cut off is tried again after a minute


@dataclass(slots=True)
class Teller:
    """Somebody who tells a story in numbered pieces and remembers what the product took in."""

    channel: str
    address: str
    told: list[str] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)  # external id -> text, in order
    refusals: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Town:
    """A product that is killed now and then, and everybody who writes to it meanwhile."""

    product: Served
    server: BotApiServer
    chance: random.Random
    tellers: list[Teller] = field(default_factory=list)
    rounds: int = 0
    talking: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Start the product again; its clock begins anew, so it has to catch up first."""
        await self.product.start()
        await self.let_a_minute_pass(catching_up=True)

    async def let_a_minute_pass(self, *, catching_up: bool = False) -> None:
        """Move the clock, so that sends which were cut off in the middle are due again."""
        self.rounds += 1
        async with aiohttp.ClientSession(self.product.url) as client:
            steps = self.rounds if catching_up else 1
            body = {"advance_seconds": STEP_SECONDS * steps}
            async with client.post("/test/clock", json=body) as response:
                assert response.status == 200

    async def tell_on_the_web(self, child: WebChild, teller: Teller) -> None:
        """Tell over the web chat. As the page does, a message keeps its id and is tried until it is answered."""
        steps = list(KEY_STEPS)
        number = 0
        while steps or self.talking.is_set():
            text = steps.pop(0) if steps else f"em kể chuyện số {number}"
            number += 1
            identity = secrets.token_hex(8)
            teller.told.append(text)
            await self._post(child, teller, identity, text)
            teller.accepted[identity] = text
            await asyncio.sleep(self.chance.uniform(0, 0.15))

    @staticmethod
    async def _post(child: WebChild, teller: Teller, identity: str, text: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    status, _ = await child.post(id=identity, text=text)
                    if status == 200:
                        return
                    teller.refusals.append(status)
                await asyncio.sleep(0.1)

    async def tell_on_telegram(self, teller: Teller) -> None:
        """Tell over Telegram; before a step of weight the last one has to be answered."""
        chat, steps, number = int(teller.address), list(KEY_STEPS), 0
        while steps or self.talking.is_set():
            text = steps.pop(0) if steps else f"em kể chuyện số {number}"
            number += 1
            update = await self.server.user_says(chat, text)
            teller.told.append(text)
            teller.accepted[f"update:{update['update_id']}"] = text
            if text in KEY_STEPS:
                await self.server.wait_for(chat, lambda shown, text=text: KEY_STEPS[text] in shown.choices, PATIENCE)  # type: ignore[misc]
            await asyncio.sleep(self.chance.uniform(0.4, 1.4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the database holds of one teller."""

    inbox: Sequence[Any]
    told: list[tuple[int, str]]
    outbox: list[tuple[Any, str]]
    cases: Sequence[Any]
    consents: Sequence[Any]


async def find(unit: Transaction, vault: Vault, teller: Teller) -> Found:
    held = await conversations.find(unit, vault, teller.channel, teller.address)
    assert held is not None

    async def rows(table: Any, *order: Any) -> Sequence[Any]:
        query = table.select().where(table.c.conversation_id == held.id).order_by(*order)
        return (await unit.execute(query)).all()

    told = [row for row in await rows(message, message.c.seq) if row.author == "child"]
    sent = await rows(outbox, outbox.c.seq)
    return Found(
        inbox=[row for row in await rows(inbox, inbox.c.seq) if row.kind == "message"],
        told=[(row.seq, held.sealer.open(message_place(row.seq), row.body_sealed)["text"]) for row in told],
        outbox=[(row, held.sealer.open(outbox_place(row.seq), row.body_sealed)["text"]) for row in sent],
        cases=await rows(cases),
        consents=await rows(consent, consent.c.number),
    )


def check(teller: Teller, found: Found) -> None:
    """Every accepted message once, in order; every reply once, in order; one case for one yes."""
    assert [row.external_id for row in found.inbox] == list(teller.accepted)
    assert {row.status for row in found.inbox} == {"done"}
    assert [seq for seq, _ in found.told] == [row.seq for row in found.inbox]
    assert [text for _, text in found.told] == list(teller.accepted.values())
    answers = [row.answers for row, _ in found.outbox if row.answers is not None]
    assert answers == sorted(answers)
    assert set(answers) <= {row.seq for row in found.inbox}
    replies = [(row.answers, text) for row, text in found.outbox if row.answers is not None]
    assert len(replies) == len(set(replies))
    assert len([row for row in found.consents if row.decision == "granted"]) == 1
    assert len(found.cases) == 1


def check_screen(found: Found, shown: Sequence[str]) -> None:
    """Everything sent stands on the screen, in order; only what may have been sent twice stands there twice."""
    places = {0}
    for row, text in found.outbox:
        assert row.status == "sent", (row.status, row.attempts)
        times = row.attempts if row.maybe_sent else 1
        places = {
            place + count
            for place in places
            for count in range(1, times + 1)
            if list(shown[place : place + count]) == [text] * count
        }
        assert places, text
    assert len(shown) in places


@contextlib.asynccontextmanager
async def town(folder: Path, database_url: str | None, seed: int) -> AsyncIterator[Town]:
    async with (
        BotApiServer() as server,
        served(
            folder,
            TELEGRAM_TOKEN=server.token,
            KHIEN_TELEGRAM_BASE_URL=server.url,
            KHIEN_DATABASE_URL=database_url,
            KHIEN_TEST_CLOCK="1",
        ) as product,
        contextlib.AsyncExitStack() as stack,
    ):
        place = Town(product, server, random.Random(seed))
        place.talking.set()
        talks = []
        for _ in range(3):
            child = await stack.enter_async_context(WebChild(product.url))
            place.tellers.append(Teller("web", child.session))
            talks.append(asyncio.create_task(place.tell_on_the_web(child, place.tellers[-1])))
        for chat in (801, 802, 803):
            place.tellers.append(Teller("telegram", str(chat)))
            talks.append(asyncio.create_task(place.tell_on_telegram(place.tellers[-1])))
        try:
            yield place
            place.talking.clear()
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*talks)
            await settled(place)
        finally:
            for talk in talks:
                talk.cancel()
            await asyncio.gather(*talks, return_exceptions=True)


async def settled(place: Town) -> None:
    """Wait until nothing is under way any more."""

    async def at_rest() -> bool:
        async with place.product.opened() as (database, _), database.reading() as unit:
            waiting = (await unit.execute(inbox.select().where(inbox.c.status == "pending"))).first()
            unsent = (outbox.c.status.in_(("pending", "sending"))) & (outbox.c.channel == "telegram")
            sending = (await unit.execute(outbox.select().where(unsent))).first()
        await asyncio.sleep(0.2)
        return waiting is None and sending is None and not place.server.updates.pending

    await until(at_rest, 45)


async def check_everything(place: Town) -> None:
    async with place.product.opened() as (database, vault), database.reading() as unit:
        for teller in place.tellers:
            found = await find(unit, vault, teller)
            check(teller, found)
            if teller.channel == "telegram":
                screen = [shown.text for shown in place.server.messages(int(teller.address)) if shown.from_bot]
                check_screen(found, screen)
        assert len((await unit.execute(cases.select())).all()) == len(place.tellers)
    assert place.server.violations == []
    assert "Traceback" not in place.product.output


@pytest.mark.parametrize(("database", "kills"), [("sqlite", 4), ("postgresql", 3)])
async def test_killed_at_any_moment(database: str, kills: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    database_url = request.getfixturevalue("postgres").fresh("killed") if database == "postgresql" else None
    async with town(tmp_path / "house", database_url, seed=111) as place:
        for _ in range(kills):
            await asyncio.sleep(place.chance.uniform(0.2, 1.8))
            await place.product.kill()
            await asyncio.sleep(place.chance.uniform(0, 0.3))
            await place.start()
        await asyncio.sleep(1)
    await check_everything(place)
    told = sum(len(teller.accepted) for teller in place.tellers)
    print(f"\n{told} messages through {kills} kills on {database}")
    assert told > 30


async def test_the_database_goes_away_and_comes_back(postgres: Postgres, tmp_path: Path) -> None:
    try:
        async with town(tmp_path / "house", postgres.fresh("restarted"), seed=112) as place:
            await asyncio.sleep(1.5)
            control(postgres, "restart")
            await asyncio.sleep(1.5)
            control(postgres, "stop")
            async with aiohttp.ClientSession(place.product.url) as client, client.get("/healthz") as response:
                assert response.status == 503
            await asyncio.sleep(1.5)
            assert place.product.process is not None
            assert place.product.process.returncode is None
            control(postgres, "start")
            began = time.monotonic()
            async with WebChild(place.product.url) as child:
                assert "111" in (await child.says(DISCLOSURE))[0]["text"]
            print(f"\nfirst help after the database came back: {(time.monotonic() - began) * 1000:.0f} ms")
            await place.let_a_minute_pass()
            await asyncio.sleep(1)
        await check_everything(place)
        assert {status for teller in place.tellers for status in teller.refusals} <= {503}
    finally:
        control(postgres, "stop")
