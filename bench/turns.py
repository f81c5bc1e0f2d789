"""Turns end to end: a message taken in, its turn committed, its replies fetched; and what the bare database can do.

One "turn" is the ingest transaction, the turn's transaction (listening, state, transcript, outbox) and the transaction
that fetches and marks the replies, as the web chat does it. The floor is a committed one-row
write in the same database.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot import schema
from bot.channels.port import Received
from bot.worker import Worker
from content.library import Content
from nlu.listener import Listener
from store import conversations, inbox, outbox
from store.clock import SystemClock
from store.database import Database
from store.keys import FileKeys, open_keys
from store.signals import INBOX, conversation_topic
from tests.postgres import running_postgres

PEOPLE = 20
ROUNDS = 10
FLOOR_WRITES = 300
LINES = ("chào bạn", "mình 12 tuổi", "cho em học về lừa đảo", "tiếp", "acc ff của em bị hack", "ba đánh em hoài")


def measure() -> dict[str, Any]:
    """Return turns a second on SQLite and PostgreSQL with their floors."""
    content, listener = Content.load(), Listener.load()
    with tempfile.TemporaryDirectory(prefix="khien-bench-") as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.sqlite3"
        results = {"sqlite": asyncio.run(_measure(url, Path(folder), content, listener, workers=1))}
        with running_postgres(fsync=True) as server:
            url = server.fresh("bench")
            results["postgresql"] = asyncio.run(_measure(url, Path(folder), content, listener, workers=4))
    return results


async def _measure(url: str, folder: Path, content: Content, listener: Listener, *, workers: int) -> dict[str, Any]:
    keys = FileKeys(folder / f"keys-{workers}.json")
    keys.make()
    database = Database(url)
    await schema.upgrade(database)
    await database.open()
    worker = Worker(database=database, vault=open_keys(keys), content=content, listener=listener, clock=SystemClock())
    try:
        floor = await _floor(database)
        waits, seconds = await _converse(worker, workers)
    finally:
        await database.close()
    total = PEOPLE * ROUNDS
    return {
        "turns_per_second": round(total / seconds, 1),
        "bare_writes_per_second": round(floor, 1),
        "turns_per_bare_write": round(total / seconds / floor, 3),
        "milliseconds_p50": round(waits[len(waits) // 2] * 1000, 1),
        "milliseconds_p95": round(waits[int(len(waits) * 0.95)] * 1000, 1),
        "workers": workers,
        "people": PEOPLE,
    }


async def _floor(database: Database) -> float:
    async with database.transaction() as unit:
        await unit.execute(text("CREATE TABLE floor (number INTEGER)"))
    started = time.perf_counter()
    for number in range(FLOOR_WRITES):
        async with database.transaction() as unit:
            await unit.execute(text("INSERT INTO floor VALUES (:number)"), {"number": number})
    return FLOOR_WRITES / (time.perf_counter() - started)


async def _converse(worker: Worker, workers: int) -> tuple[list[float], float]:
    stop = asyncio.Event()
    loops = [asyncio.create_task(_work(worker, stop)) for _ in range(workers)]
    waits: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_person(worker, number, waits) for number in range(PEOPLE)))
    seconds = time.perf_counter() - started
    stop.set()
    await asyncio.gather(*loops)
    return sorted(waits), seconds


async def _work(worker: Worker, stop: asyncio.Event) -> None:
    with worker.database.signals.listen(INBOX) as waiter:
        while not stop.is_set():
            if not await worker.turns():
                await waiter.wait(1.0)


async def _turn_done(database: Database, taken: inbox.Taken) -> None:
    with database.signals.listen(conversation_topic(taken.conversation_id)) as waiter:
        while True:
            async with database.reading() as unit:
                if await inbox.status_of(unit, taken.conversation_id, taken.seq) != "pending":
                    return
            await waiter.wait(1.0)


async def _person(worker: Worker, number: int, waits: list[float]) -> None:
    database, vault, clock = worker.database, worker.vault, worker.clock
    for turn in range(ROUNDS):
        begun = time.perf_counter()
        message = Received(address=f"p{number}", external_id=f"m{turn}", text=LINES[turn % len(LINES)])
        async with database.transaction() as unit:
            taken = await inbox.take_in(
                unit,
                vault,
                channel="web",
                address=message.address,
                external_id=message.external_id,
                body=message.body(),
                now=clock.now(),
            )
        await _turn_done(database, taken)
        async with database.transaction() as unit:
            held = await conversations.read(unit, vault, taken.conversation_id)
            for reply in await outbox.replies_to(unit, held, taken.seq):
                await outbox.mark_sent(unit, taken.conversation_id, reply.seq, clock.now())
        waits.append(time.perf_counter() - begun)
