"""Plays a conversation through the real product: ingest, turn, outbox, timers, queue, on a database of its own.

Used by `khien chat`, by the YAML transcripts in tests/transcripts, and by the stateful safety test.
"""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot import schema
from bot.again import Again
from bot.apply import Applying
from bot.batch import Step
from bot.channels.port import Received
from bot.settings import EmergencyPolicy
from bot.state import State
from bot.times import VIETNAM
from bot.worker import Worker
from content.library import Content
from escalation import contact, queue
from escalation.permissions import Staff
from escalation.shift import handover
from escalation.shift.limits import Limits
from escalation.staff import create_staff
from nlu.engine import Answer
from nlu.listener import Listener
from store import conversations, inbox
from store.clock import MovableClock
from store.database import Database
from store.keys import FileKeys, open_keys
from store.outbox import outbox_place
from store.tables import outbox
from store.vault import Vault

_MOST_STEPS = 500
_PASSWORD = "only for playing"  # noqa: S105  # of a database that is thrown away


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message that reached the person."""

    message_id: str
    text: str
    choices: tuple[str, ...]
    labels: tuple[str, ...]
    name: str | None
    numbers: Mapping[str, int] = field(default_factory=dict)  # by which choices may be typed, where they are listed


class TurnFaultError(Exception):
    """A turn was told to fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyWorker(Worker):
    """A worker whose next turns fail on order, one for each entry of `faults`."""

    faults: list[int] = field(default_factory=list)

    async def step(self, applying: Applying, state: State, step: Step, answers: Mapping[str, Answer | None]) -> State:
        """Fail if that was ordered, else run one step of a turn."""
        if self.faults:
            self.faults.pop()
            raise TurnFaultError
        return await Worker.step(self, applying, state, step, answers)


@dataclass(slots=True, kw_only=True)
class Player:
    """One person and one counsellor at the real product, with a clock that can be moved."""

    worker: Worker
    clock: MovableClock
    channel: str = "web"
    address: str = "player"
    staff: Staff | None = None
    held: tuple[str, int] | None = None  # the case and lease that the counsellor holds
    _sent: int = 0
    _seen: dict[str, int] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Return the database that is played on."""
        return self.worker.database

    @property
    def vault(self) -> Vault:
        """Return the vault that is played with."""
        return self.worker.vault

    async def receive(self, *messages: Received) -> list[Shown]:
        """Take messages in at once, run everything that is due, and return what reached the person."""
        async with self.database.transaction() as unit:
            for message in messages:
                await inbox.take_in(
                    unit,
                    self.vault,
                    channel=self.channel,
                    address=message.address,
                    external_id=message.external_id,
                    body=message.body(),
                    now=self.clock.now(),
                )
        return await self.run()

    def message(self, *, text: str | None = None, choice: str | None = None, attachment: Any = None) -> Received:
        """Return a fresh message of this person."""
        self._sent += 1
        return Received(
            address=self.address,
            external_id=f"play:{self._sent}",
            text=text,
            choice=choice,
            attachment=attachment,
        )

    async def say(self, *texts: str) -> list[Shown]:
        """Type one message, or several in one burst."""
        return await self.receive(*(self.message(text=text) for text in texts))

    async def press(self, choice: str) -> list[Shown]:
        """Press a button."""
        return await self.receive(self.message(choice=choice))

    async def wait(self, seconds: float) -> list[Shown]:
        """Let time pass, with timers, the watch and what follows from them."""
        self.clock.advance(seconds)
        return await self.run()

    def fail(self, turns: int) -> None:
        """Let the next turns fail, of a player that `player` opened."""
        if isinstance(self.worker, FaultyWorker):
            self.worker.faults[:] = range(turns)
        elif turns:
            raise RuntimeError("the worker of this player does not fail on order")

    async def wait_until(self, days: int, at: time) -> list[Shown]:
        """Let time pass until an hour of Việt Nam so many days on; what was due on the way is late, as after a stop."""
        here = self.clock.now().astimezone(VIETNAM)
        target = datetime.combine(here.date() + timedelta(days=days), at, VIETNAM)
        return await self.wait((target - here).total_seconds())

    async def run(self) -> list[Shown]:
        """Run turns, timers and the watch until nothing is due; returns what reached the person since last time."""
        for _ in range(_MOST_STEPS):
            busy = [await self.worker.turns(), await self.worker.ring(), await self.worker.watch()]
            busy.append(await Again(worker=self.worker).read())
            if not any(busy):
                return await self.shown()
        raise RuntimeError("the product never comes to rest")

    async def shown(self) -> list[Shown]:
        """Return what was said to the person since last asked."""
        async with self.database.reading() as unit:
            held = await conversations.find(unit, self.vault, self.channel, self.address)
            if held is None:
                return []
            rows = (
                await unit.execute(
                    select(outbox)
                    .where(
                        outbox.c.conversation_id == held.id,
                        outbox.c.seq > self._seen.get(held.id, 0),
                        outbox.c.kind == "message",
                        outbox.c.status != "cancelled",
                        outbox.c.body_sealed.is_not(None),
                    )
                    .order_by(outbox.c.seq)
                )
            ).all()
        if rows:
            self._seen[held.id] = rows[-1].seq
        return [_shown(held.sealer.open(outbox_place(row.seq), row.body_sealed)) for row in rows]

    async def counsellor(self) -> Staff:
        """Return the counsellor at the desk, signed in and free."""
        if self.staff is None:
            self.staff = await self._new_counsellor("co-lan", "Cô Lan")
        async with self.database.transaction() as unit:
            await queue.mark_present(unit, self.staff, self.clock.now())
        return self.staff

    async def take_next(self) -> list[Shown]:
        """Let the counsellor take the next child."""
        staff = await self.counsellor()
        async with self.database.transaction() as unit:
            self.held = await queue.take_next(unit, self.vault, staff, self.clock.now())
        return await self.run()

    async def counsellor_says(self, text: str) -> list[Shown]:
        """Let the counsellor write to the child."""
        self._sent += 1
        async with self.database.transaction() as unit:
            await contact.reply(
                unit,
                self.vault,
                await self._present(),
                self._case(),
                lease=self._lease(),
                message_id=f"desk:{self._sent}",
                text=text,
                now=self.clock.now(),
            )
        return await self.run()

    async def hand_back(self) -> list[Shown]:
        """Let the counsellor put the child back into the queue."""
        staff = await self._present()
        async with self.database.transaction() as unit:
            await queue.hand_back(unit, self.vault, staff, self._case(), self._lease(), self.clock.now())
        self.held = None
        return await self.run()

    async def pass_on(self) -> list[Shown]:
        """Let the counsellor hand the child over at once to a colleague, who is the counsellor from here on."""
        giver, taker = await self._present(), await self._new_counsellor("chu-minh", "Chú Minh")
        now, case_id, lease = self.clock.now(), self._case(), self._lease()
        limits = Limits()
        async with self.database.transaction() as unit:
            await queue.mark_present(unit, taker, now)
            await handover.give(
                unit, self.vault, giver, case_id, lease=lease, to_id=taker.id, note="hết ca", limits=limits, now=now
            )
        self.staff, self.held = taker, (case_id, lease + 1)
        return await self.run()

    async def close(self, *, follow_up: bool = False) -> list[Shown]:
        """Let the counsellor end the contact, and propose a follow-up if told so."""
        staff = await self._present()
        async with self.database.transaction() as unit:
            await contact.close(
                unit,
                self.vault,
                staff,
                self._case(),
                lease=self._lease(),
                outcome="advised",
                summary="",
                follow_up=follow_up,
                now=self.clock.now(),
            )
        self.held = None
        return await self.run()

    async def renew(self) -> None:
        """Keep the claim, as the open desk page does every 15 seconds."""
        staff = await self._present()
        async with self.database.transaction() as unit:
            await queue.renew(unit, staff, self._case(), self._lease(), self.clock.now())

    async def read_case(self) -> contact.Contact:
        """Open the held case as the counsellor sees it."""
        staff = await self._present()
        async with self.database.transaction() as unit:
            return await contact.read_contact(unit, self.vault, staff, self._case(), self.clock.now())

    async def _present(self) -> Staff:
        return self.staff if self.staff is not None else await self.counsellor()

    async def _new_counsellor(self, name: str, display_name: str) -> Staff:
        async with self.database.transaction() as unit:
            staff, _ = await create_staff(
                unit,
                self.vault,
                name=name,
                display_name=display_name,
                role="counsellor",
                area="national",
                password=_PASSWORD,
                now=self.clock.now(),
            )
        return staff

    def _case(self) -> str:
        if self.held is None:
            raise RuntimeError("the counsellor holds no case: take_next first")
        return self.held[0]

    def _lease(self) -> int:
        return self.held[1] if self.held is not None else 0


def _shown(body: Any) -> Shown:
    return Shown(
        message_id=body["message_id"],
        text=body["text"],
        choices=tuple(choice["id"] for choice in body["choices"]),
        labels=tuple(choice["label"] for choice in body["choices"]),
        numbers={choice["id"]: choice["number"] for choice in body["choices"] if choice["number"] is not None},
        name=body["name"],
    )


@contextlib.asynccontextmanager
async def player(
    *,
    content: Content | None = None,
    listener: Listener | None = None,
    database_url: str | None = None,
    emergency_policy: EmergencyPolicy = "consent",
) -> AsyncIterator[Player]:
    """Open a product of its own in a folder that is thrown away, or on `database_url`."""
    with tempfile.TemporaryDirectory(prefix="khien-play-") as folder:
        keys = FileKeys(Path(folder) / "master.json")
        keys.make()
        # Nothing played is kept, so the disk need not be waited for.
        url = database_url or f"sqlite+aiosqlite:///{folder}/play.sqlite3"
        database = Database(url, synchronous="OFF")
        clock = MovableClock()
        try:
            await schema.upgrade(database)
            yield Player(
                worker=FaultyWorker(
                    database=database,
                    vault=open_keys(keys),
                    content=content or Content.load(),
                    listener=listener or Listener.load(),
                    clock=clock,
                    emergency_policy=emergency_policy,
                ),
                clock=clock,
            )
        finally:
            await database.close()
