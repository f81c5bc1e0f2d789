"""The product at work in the simulator: carries one step out, lets time pass, and tells what came of it."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot import schema
from bot.again import Again
from bot.sender import Sender
from bot.settings import EmergencyPolicy
from bot.simulation.desk import BEAT_SECONDS, Act, Desk
from bot.simulation.dues import dues_of
from bot.simulation.happening import TELEGRAM, Happening, Phone, Said, deadlines_of, received_of, said_of
from bot.simulation.machinery import START, CachedListener, FragileDatabase, Messenger, PowerCut, VirtualClock
from bot.simulation.steps import Step
from bot.state import from_json
from bot.worker import PURGE_EVERY, Worker
from content.library import Content
from escalation.tables import cases
from store import conversations, inbox, outbox
from store.inbox import PARKED_FOR
from store.keys import FileKeys, open_keys
from store.tables import metadata
from store.tables import outbox as outbox_table
from store.tables import timer as timer_table
from store.vault import Vault

_MOST_ROUNDS = 1000
_REST_SECONDS = 2 * PARKED_FOR.total_seconds()
_A_MOMENT = timedelta(milliseconds=100)


class NotEmptyError(Exception):
    """The named database is in use."""


@dataclass(slots=True, kw_only=True)
class World:
    """The whole product with its phones and its desk."""

    database: FragileDatabase
    vault: Vault
    content: Content
    listener: CachedListener
    clock: VirtualClock
    desk: Desk
    emergency_policy: EmergencyPolicy = "consent"
    folder: Path | None = None  # of the SQLite file
    messenger: Messenger = field(default_factory=lambda: Messenger(TELEGRAM))
    phones: dict[int, Phone] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)  # conversation id: phone
    open_cases: tuple[Any, ...] = ()
    restarts: int = 0
    errors: int = 0
    _next_beat: datetime = START
    _next_purge: datetime = START + PURGE_EVERY

    def phone(self, number: int) -> Phone:
        """Return a phone, a new one where there was none."""
        return self.phones.setdefault(number, Phone(number=number))

    async def do(self, step: Step) -> Happening:
        """Let time pass until the step, carry it out, and let the product come to rest."""
        began = self.clock.now()
        await self._pass_time(START + timedelta(seconds=step.at))
        acted = self.clock.now()
        act: Act | None = None
        taken: tuple[int, ...] = ()
        repeated = False
        if step.person is not None:
            taken, repeated = await self._take_in(step)
        elif step.jumps is not None:
            self.clock.reach(self.clock.now() + timedelta(seconds=step.jumps))
            self._next_beat = self.clock.now()
        else:
            act = await self.desk.do(step, self.open_cases, self.clock.now())
        self.messenger.faults[:] = step.send_faults
        await self._settle(list(step.turn_faults))
        return await self._look(Happening(step=step, began=began, acted=acted, taken=taken, repeated=repeated, act=act))

    async def rest(self) -> Happening:
        """Let everything that still waits for a moment have it."""
        return await self.do(Step(at=self.clock.seconds, jumps=_REST_SECONDS))

    # --- what people send ---------------------------------------------------------------------------------------

    async def _take_in(self, step: Step) -> tuple[tuple[int, ...], bool]:
        phone = self.phone(step.person or 0)
        repeated = False
        seqs = []
        async with self.database.transaction() as unit:
            for received in received_of(phone, step):
                taken = await inbox.take_in(
                    unit,
                    self.vault,
                    channel=phone.channel,
                    address=received.address,
                    external_id=received.external_id,
                    body=received.body(),
                    now=self.clock.now(),
                )
                seqs.append(taken.seq)
                repeated = repeated or taken.repeated
        if not phone.conversation_id:
            phone.conversation_id = taken.conversation_id
            self.numbers[taken.conversation_id] = phone.number
        return tuple(seqs), repeated

    # --- time ---------------------------------------------------------------------------------------------------

    async def _pass_time(self, until: datetime) -> None:
        """Let everything that is due before `until` happen at its own time."""
        while True:
            moment = await self._next_moment()
            if moment is None or moment > until:
                break
            self.clock.reach(moment)
            await self._beat_and_purge()
            await self._settle([])
        self.clock.reach(until)

    async def _beat_and_purge(self) -> None:
        if self.desk.pages and self.clock.now() >= self._next_beat:
            await self.desk.beat(self.clock.now())
            self._next_beat = self.clock.now() + timedelta(seconds=BEAT_SECONDS)
        if self.clock.now() >= self._next_purge:
            await self._worker().purge()
            self._next_purge = self.clock.now() + PURGE_EVERY

    async def _next_moment(self) -> datetime:
        now = self.clock.now()
        dues = await dues_of(self.database, self.clock.now())
        moments = [moment for moment in (dues.again, dues.timer, dues.later_send) if moment is not None]
        moments += [moment for row in self.open_cases for moment in deadlines_of(row) if moment > now]
        if self.desk.pages:
            moments.append(self._next_beat)
        return min(moments, default=self._next_purge)

    async def _settle(self, faults: list[str]) -> None:
        """Run turns, timers, the watch and the sender until nothing is due."""
        blocked = False  # by an earlier row of the conversation, which waits for its next try
        for _ in range(_MOST_ROUNDS):
            dues = await dues_of(self.database, self.clock.now())
            if dues.turn is not None:
                await self._turn(dues.turn, faults)
                blocked = False
            elif dues.again is not None and dues.again <= self.clock.now():
                await self._running(Again(worker=self._worker()).read())
            elif dues.timer is not None and dues.timer <= self.clock.now():
                await self._running(self._worker().ring())
            elif dues.send is not None and not blocked:
                blocked = not await self._running(self._sender().send())
            elif not await self._running(self._worker().watch()):
                await self._read_open_cases()
                return
        raise RuntimeError("the product never comes to rest")

    async def _turn(self, due: datetime, faults: list[str]) -> None:
        """Run one turn; a row that was put off is waited for, since its person waits too."""
        self.clock.reach(due)
        if faults:
            fault = faults.pop(0)
            self.errors += fault.startswith("error")
            self.database.arm(fault)
        ran = await self._running(self._worker().turns())
        self.database.disarm()
        if not ran:
            self.clock.reach(self.clock.now() + _A_MOMENT)  # the head of its conversation is due a little later

    async def _running(self, work: Any) -> bool:
        """Run a piece of work in a process that may die; the next piece runs in a new one."""
        try:
            return bool(await work)
        except PowerCut:
            self.restarts += 1
            return True

    def _worker(self) -> Worker:
        return Worker(
            database=self.database,
            vault=self.vault,
            content=self.content,
            listener=self.listener,
            clock=self.clock,
            emergency_policy=self.emergency_policy,
        )

    def _sender(self) -> Sender:
        return Sender(database=self.database, vault=self.vault, clock=self.clock, channels={TELEGRAM: self.messenger})

    # --- what came of it ----------------------------------------------------------------------------------------

    async def _read_open_cases(self) -> None:
        statement = select(cases).where(cases.c.state.in_(("waiting", "claimed"))).order_by(cases.c.opened_at)
        async with self.database.reading() as unit:
            self.open_cases = tuple((await unit.execute(statement)).all())

    async def _look(self, happening: Happening) -> Happening:
        touched = {self.numbers[key] for key in self.database.changed if key in self.numbers}
        if happening.step.person is not None:
            touched.add(happening.step.person)
        phones = [self.phones[number] for number in sorted(touched)]
        happening.before = {phone.number: phone.state for phone in phones}
        happening.timers_before = {phone.number: phone.timers for phone in phones}
        for phone in phones:
            happening.said += await self._said(phone)
            await self._read_phone(phone)
        self.database.changed.clear()
        happening.after = {phone.number: phone.state for phone in phones}
        happening.timers_after = {phone.number: phone.timers for phone in phones}
        happening.open_cases = self.open_cases
        happening.ended = self.clock.now()
        return happening

    async def _read_phone(self, phone: Phone) -> None:
        async with self.database.reading() as unit:
            held = await conversations.read(unit, self.vault, phone.conversation_id)
            mine = timer_table.c.conversation_id == phone.conversation_id
            rows = (await unit.execute(select(timer_table).where(mine))).all()
        phone.state = from_json(held.state)
        phone.timers = {row.name: row.due_at for row in rows}

    async def _said(self, phone: Phone) -> tuple[Said, ...]:
        """Return what has left for this phone since last asked; the web page fetches its part now."""
        async with self.database.transaction() as unit:
            held = await conversations.read(unit, self.vault, phone.conversation_id)
            new = (
                (outbox_table.c.conversation_id == held.id)
                & (outbox_table.c.seq > phone.looked_up_to)
                & (outbox_table.c.status != "cancelled")
            )
            rows = (await unit.execute(select(outbox_table).where(new).order_by(outbox_table.c.seq))).all()
            for row in rows:
                if phone.channel != TELEGRAM:
                    await outbox.mark_sent(unit, held.id, row.seq, self.clock.now())
                phone.looked_up_to = row.seq
        return tuple(said_of(phone, row, held) for row in rows if row.kind == outbox.MESSAGE and row.body_sealed)


@contextlib.asynccontextmanager
async def opened(
    content: Content,
    listener: CachedListener,
    emergency_policy: EmergencyPolicy = "consent",
    database_url: str | None = None,
) -> AsyncIterator[World]:
    """Open a world in a folder that is thrown away, or on the empty database at `database_url`.

    Raises:
        NotEmptyError: the database holds conversations already.
    """
    with tempfile.TemporaryDirectory(prefix="khien-simulation-") as name:
        folder = Path(name)
        keys = FileKeys(folder / "master.json")
        keys.make()
        database = FragileDatabase(database_url or f"sqlite+aiosqlite:///{folder}/world.sqlite3")
        vault, clock = open_keys(keys), VirtualClock()
        try:
            await _prepare(database)
            desk = Desk(database=database, vault=vault)
            await desk.open(clock.now())
            yield World(
                database=database,
                vault=vault,
                content=content,
                listener=listener,
                clock=clock,
                desk=desk,
                emergency_policy=emergency_policy,
                folder=folder if database_url is None else None,
            )
        finally:
            await database.close()


async def _prepare(database: FragileDatabase) -> None:
    if database.is_sqlite:
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)  # many times quicker than every migration in turn
        return
    await schema.upgrade(database)
    async with database.reading() as unit:
        if await conversations.count(unit):
            raise NotEmptyError("the database holds conversations already: name an empty one")
