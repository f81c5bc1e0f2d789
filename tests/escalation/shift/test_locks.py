"""A child's turns and the desk work on one case at once: they never wait for each other in a circle."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from escalation import contact, queue, watch
from escalation.cases import child_wrote, raise_alert, raise_case
from escalation.errors import EscalationError
from escalation.glass import breaking
from escalation.permissions import Staff
from escalation.tables import cases
from store import conversations, inbox, outbox, timers
from tests.escalation.hotline import Hotline
from tests.escalation.shift.hands import accept, give, offer, pick, present, take_over, whisper
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
ROUNDS = 25
NEEDED = {"turn", "look", "say", "ring", "pick", "free", "break the glass"}
"""Acts that have to succeed at least once, or the rush has tried nothing; it goes on until they did."""


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Name PostgreSQL alone: SQLite has one writer at a time."""
    return postgres_url


async def turn(hotline: Hotline, address: str, number: int) -> None:
    """Do what a turn of the bot does, in its order: take in; then claim, conversation, timers, alert, case, outbox."""
    async with hotline.database.transaction() as unit:
        await inbox.take_in(
            unit,
            VAULT,
            channel="web",
            address=address,
            external_id=f"turn-{number}",
            body={"text": "cô ơi"},
            now=hotline.now,
        )
    async with hotline.database.transaction() as unit:
        claimed = await inbox.claim(unit, hotline.now)
        if claimed is None:
            return
        held = await conversations.lock(unit, VAULT, claimed[0])
        batch = await inbox.read_batch(unit, held)
        mine = select(cases.c.id).where(cases.c.conversation_id == held.id)  # whoever's turn it turned out to be
        case_id = (await unit.execute(mine)).scalar_one()
        await timers.set_timer(unit, held.id, "waiting.2", hotline.now)
        await raise_alert(unit, case_id, "child_back", hotline.now)
        await child_wrote(unit, case_id, hotline.now)
        await raise_case(unit, case_id, urgency="emergency", harms=("self_harm",), now=hotline.now)
        await outbox.enqueue(unit, held, kind=outbox.MESSAGE, body={"text": "dạ"}, now=hotline.now)
        await timers.cancel(unit, held.id, "waiting.5")
        await inbox.finish(unit, held.id, tuple(row.seq for row in batch))


class Rush:
    """Everybody at once on the same two children."""

    def __init__(self, hotline: Hotline, staff: dict[str, Staff], case_ids: list[str]) -> None:
        self.hotline, self.staff, self.case_ids = hotline, staff, case_ids
        self.dice = random.Random(7)
        self.broken: list[str] = []
        self.done: set[str] = set()
        self.acts: dict[str, Callable[[Staff, str], Awaitable[object]]] = {
            "look": self.look,
            "say": self.say,
            "ring": self.ring,
            "sweep": lambda _staff, _case_id: watch.sweep(hotline.database, VAULT, hotline.now),
            "pick": lambda member, case_id: pick(hotline, member, case_id, "asked"),
            "offer": self.offer,
            "accept": lambda member, case_id: accept(hotline, member, case_id),
            "give": self.give,
            "back": self.back,
            "free": self.free,
            "break the glass": self.break_in,
            "take over": lambda _staff, case_id: take_over(hotline, staff["thu"], case_id),
            "whisper": lambda _staff, case_id: whisper(hotline, staff["thu"], case_id, "bình tĩnh nhé"),
        }

    async def lease_of(self, case_id: str) -> int:
        return int((await self.hotline.row(case_id)).lease)

    def other(self, member: Staff) -> Staff:
        return self.staff["nam" if member.id == "lan" else "lan"]

    async def look(self, member: Staff, case_id: str) -> None:
        async with self.hotline.database.transaction() as unit:
            await contact.read_contact(unit, VAULT, member, case_id, self.hotline.now)

    async def say(self, member: Staff, case_id: str) -> None:
        with contextlib.suppress(EscalationError):  # whoever has the child now may be freed of it at any moment
            await pick(self.hotline, member, case_id, "asked")
        lease, key = await self.lease_of(case_id), f"{self.dice.random()}"
        async with self.hotline.database.transaction() as unit:
            await contact.reply(
                unit, VAULT, member, case_id, lease=lease, message_id=key, text="cô đây", now=self.hotline.now
            )

    async def ring(self, _staff: Staff, _case_id: str) -> None:
        async with self.hotline.database.transaction() as unit:
            await timers.ring_one(unit, VAULT, self.hotline.now)

    async def offer(self, member: Staff, case_id: str) -> None:
        await offer(self.hotline, member, case_id, await self.lease_of(case_id), self.other(member))

    async def give(self, member: Staff, case_id: str) -> None:
        await give(self.hotline, member, case_id, await self.lease_of(case_id), self.other(member))

    async def back(self, member: Staff, case_id: str) -> None:
        await self.hotline.hand_back(member, case_id, await self.lease_of(case_id))

    async def free(self, member: Staff, _case_id: str) -> None:
        async with self.hotline.database.transaction() as unit:
            await queue.free_all(unit, VAULT, member.id, self.hotline.now)

    async def break_in(self, _staff: Staff, case_id: str) -> None:
        async with self.hotline.database.transaction() as unit:
            await breaking.break_in(unit, VAULT, self.staff["mai"], case_id, "gấp", self.hotline.now)

    async def attempt(self, doing: Awaitable[object], name: str) -> None:
        try:
            await doing
        except EscalationError:
            return
        except DBAPIError as error:
            self.broken.append(f"{name}: {error.orig}")
        else:
            self.done.add(name)

    async def child(self, address: str) -> None:
        for number in range(ROUNDS):
            await self.attempt(turn(self.hotline, address, number), "turn")

    async def person(self, member: Staff) -> None:
        rounds = 0
        while rounds < ROUNDS or not (self.broken or self.done >= NEEDED):
            rounds += 1
            name, act = self.dice.choice(list(self.acts.items()))
            await self.attempt(act(member, self.dice.choice(self.case_ids)), name)


async def test_turns_claims_replies_looks_and_transfers_at_once_find_no_deadlock(hotline: Hotline) -> None:
    staff = {name: await hotline.staff(name) for name in ("lan", "nam")}
    staff["thu"] = await hotline.staff("thu", "supervisor")
    await present(hotline, *staff.values())
    everyone = (*staff.values(), staff["lan"], staff["nam"])
    staff["mai"] = await hotline.staff("mai", "coordinator")
    children = [(f"em {number}", await hotline.child(f"em {number}")) for number in range(2)]
    rush = Rush(hotline, staff, [case_id for _, case_id in children])
    async with asyncio.timeout(300):
        await asyncio.gather(
            *(rush.child(address) for address, _ in children * 2),
            *(rush.person(member) for member in everyone),
        )
    assert rush.broken == []
    assert rush.done >= NEEDED


async def test_a_look_waits_for_nobody_who_changes_the_case(hotline: Hotline) -> None:
    case_id = await hotline.child()
    lan = await hotline.staff("lan")
    await hotline.claim(lan, case_id)
    async with hotline.database.transaction() as busy:
        await queue.locked(busy, VAULT, lan, case_id)
        async with asyncio.timeout(5):
            async with hotline.database.reading() as unit:
                await contact.look_again(unit, VAULT, lan, case_id, hotline.now)
            async with hotline.database.transaction() as unit:
                await queue.visible(unit, VAULT, lan, case_id)
