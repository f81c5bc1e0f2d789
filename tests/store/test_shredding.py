"""After an erasure nothing from before opens with the keys of today; what stays opens; on both databases."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from bot.sealed import UNDER_DATA_KEYS, UNDER_MASTER_KEYS
from escalation.cases import items_place
from escalation.contact import summary_place
from escalation.tables import cases
from store import conversations, inbox, outbox
from store.conversations import Conversation, message_place
from store.database import Database
from store.keys import FileKeys, open_keys
from store.rotation import rewrap, rows_by_key, take_over
from store.shredding import fresh_key
from store.tables import conversation, message, metadata
from store.vault import Vault, VaultError
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_every_sealed_column_is_reached_by_new_keys() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("_sealed", "_wrapped"))
    }
    assert sealed == {f"{part.table.name}.{part.column.name}" for part in (*UNDER_DATA_KEYS, *UNDER_MASTER_KEYS)}


async def full(database: Database) -> Conversation:
    """Return a conversation with a value in every sealed column."""
    async with database.transaction() as unit:
        taken = await inbox.take_in(
            unit, VAULT, channel="web", address="em", external_id="m1", body={"text": "chờ"}, now=NOW
        )
        held = await conversations.lock(unit, VAULT, taken.conversation_id)
        await conversations.save_state(unit, held, {"role": "child"}, NOW)
        for seq, person, case_id in ((2, "child", None), (3, "child", "c1"), (4, "parent", None)):
            await conversations.add_message(
                unit, held, seq=seq, author="child", person=person, body={"text": f"lời {seq}"}, at=NOW, case_id=case_id
            )
        await outbox.enqueue(unit, held, kind=outbox.DELETE, body={"ids": ["1"]}, now=NOW)
        case = {"id": "c1", "conversation_id": held.id, "channel": "web", "state": "closed", "urgency": "high"}
        case |= {
            "harms": "",
            "subject": "self",
            "audience": "11-14",
            "role": "child",
            "basis": "consent",
            "ground": "-",
        }
        times = {"from_seq": 3, "lease": 0, "front": False, "opened_at": NOW, "waiting_since": NOW}
        sealed = {
            "items_sealed": held.sealer.seal(items_place("c1"), {"phone": "0912"}),
            "summary_sealed": held.sealer.seal(summary_place("c1"), "xong"),
        }
        await unit.execute(insert(cases).values(**case, **times, **sealed))
    return held


async def opened(database: Database) -> dict[str, Any]:
    """Open everything that the conversation holds, by place."""
    found: dict[str, Any] = {}
    async with database.reading() as unit:
        (row,) = (await unit.execute(select(conversation))).all()
        sealer = VAULT.sealer(row.id, row.key_wrapped)
        for part in UNDER_DATA_KEYS:
            for one in (await unit.execute(select(part.table).where(part.column.is_not(None)))).all():
                found[part.place(one)] = sealer.open(part.place(one), part.of(one))
    return found


async def test_whatever_stays_is_sealed_anew_and_opens(database: Database) -> None:
    held = await full(database)
    before = await opened(database)
    assert len(before) == 9
    async with database.transaction() as unit:
        await fresh_key(unit, VAULT, await conversations.lock(unit, VAULT, held.id), UNDER_DATA_KEYS)
    assert await opened(database) == before


async def test_what_the_old_key_sealed_opens_with_no_key_of_today(database: Database) -> None:
    held = await full(database)
    async with database.reading() as unit:
        old = [
            (part.place(row), part.of(row))
            for part in UNDER_DATA_KEYS
            for row in (await unit.execute(select(part.table).where(part.column.is_not(None)))).all()
        ]
    async with database.transaction() as unit:
        fresh = await fresh_key(unit, VAULT, await conversations.lock(unit, VAULT, held.id), UNDER_DATA_KEYS)
        assert (await conversations.read(unit, VAULT, held.id)).sealer == fresh.sealer
    assert len(old) == 9
    for place, sealed in old:
        with pytest.raises(VaultError):
            fresh.sealer.open(place, sealed)


async def test_another_conversation_keeps_its_key(database: Database) -> None:
    held = await full(database)
    async with database.transaction() as unit:
        other, _ = await conversations.upsert(unit, VAULT, "web", "bạn", NOW)
        await fresh_key(unit, VAULT, await conversations.lock(unit, VAULT, held.id), UNDER_DATA_KEYS)
        assert (await conversations.read(unit, VAULT, other.id)).sealer == other.sealer


async def test_a_value_that_does_not_open_stops_it_and_nothing_has_changed(database: Database) -> None:
    held = await full(database)
    async with database.transaction() as unit:
        await unit.execute(update(message).where(message.c.seq == 4).values(body_sealed=b"\x01" + b"x" * 40))
    with pytest.raises(VaultError, match="message/4"):
        async with database.transaction() as unit:
            await fresh_key(unit, VAULT, await conversations.lock(unit, VAULT, held.id), UNDER_DATA_KEYS)
    async with database.reading() as unit:
        assert (await conversations.read(unit, VAULT, held.id)).sealer == held.sealer


async def test_a_reader_sees_key_and_words_of_one_moment(database: Database) -> None:
    held = await full(database)
    async with database.reading() as unit:
        seen = await conversations.read(unit, VAULT, held.id)
        async with database.transaction() as other:
            await fresh_key(other, VAULT, await conversations.lock(other, VAULT, held.id), UNDER_DATA_KEYS)
        row = (await unit.execute(select(message).where(message.c.seq == 2))).one()
        assert seen.sealer.open(message_place(2), row.body_sealed) == {"text": "lời 2"}


# --- any order of what can happen ----------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["say", "erase"]), st.integers(0, 2)),
        st.tuples(st.sampled_from(["rotate", "half a rotation", "retire", "new process"]), st.just(0)),
    ),
    max_size=15,
)


class Life:
    """Conversations, master keys and processes; remembers what has to open and what must not."""

    def __init__(self, database: Database, file: FileKeys) -> None:
        self.database, self.file = database, file
        self.running = open_keys(file)
        self.lives: dict[tuple[str, int], str] = {}
        self.gone: list[tuple[str, int, bytes]] = []
        self.rows: dict[tuple[str, int], bytes] = {}

    async def step(self, what: str, who: int) -> None:
        match what:
            case "say":
                await self.say(f"em{who}")
            case "erase":
                await self.erase(f"em{who}")
            case "new process":
                self.running = open_keys(self.file)
            case "retire":
                await self.retire()
            case _:
                await self.rotate(whole=what == "rotate")

    async def say(self, address: str) -> None:
        async with self.database.transaction() as unit:
            held, seq = await conversations.upsert(unit, self.running, "web", address, NOW)
            text = f"{address} nói {seq}"
            await conversations.add_message(unit, held, seq=seq, author="child", body=text, at=NOW)
        self.lives[address, seq] = text

    async def erase(self, address: str) -> None:
        async with self.database.transaction() as unit:
            found = await conversations.find(unit, self.running, "web", address)
            if found is None:
                return
            held = await conversations.lock(unit, self.running, found.id)
            for row in (await unit.execute(select(message).where(message.c.conversation_id == held.id))).all():
                self.gone.append((address, row.seq, bytes(row.body_sealed)))
                self.lives.pop((address, row.seq))
            await conversations.erase(unit, held, person="child")
            await fresh_key(unit, self.running, held, UNDER_DATA_KEYS)

    async def rotate(self, *, whole: bool) -> None:
        command = open_keys(self.file)
        self.file.add(command.newest, NOW)
        command.refresh()
        await take_over(self.database, command)
        async for _ in rewrap(self.database, command, UNDER_MASTER_KEYS):
            if not whole:
                return

    async def retire(self) -> None:
        keys = self.file.read()
        async with self.database.reading() as unit:
            rows = await rows_by_key(unit, UNDER_MASTER_KEYS)
        for number in keys.master:
            if number != keys.newest and not rows[number]:
                self.file.remove(number)

    async def check(self, vault: Vault) -> None:
        opened: dict[tuple[str, int], str] = {}
        async with self.database.reading() as unit:
            for address in ("em0", "em1", "em2"):
                held = await conversations.find(unit, vault, "web", address)
                if held is None:
                    continue
                for row in (await unit.execute(select(message).where(message.c.conversation_id == held.id))).all():
                    opened[address, row.seq] = held.sealer.open(message_place(row.seq), row.body_sealed)
                for owner, seq, sealed in self.gone:
                    if owner == address:
                        with pytest.raises(VaultError):
                            held.sealer.open(message_place(seq), sealed)
        assert opened == self.lives


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_in_any_order_nothing_is_lost_that_lives_and_nothing_opens_that_was_shredded(
    steps: list[tuple[str, int]], sqlite_file: Path
) -> None:
    async def live() -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "life.sqlite3"
            copy.write_bytes(sqlite_file.read_bytes())
            file = FileKeys(Path(folder) / "master.json")
            file.make()
            database = Database(f"sqlite+aiosqlite:///{copy}", synchronous="OFF")
            try:
                life = Life(database, file)
                for what, who in steps:
                    await life.step(what, who)
                    await life.check(life.running)
                await life.check(open_keys(file))
            finally:
                await database.close()

    asyncio.run(live())
