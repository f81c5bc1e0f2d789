"""A new master key takes over while the product runs; interrupted at any point it goes on; on both databases."""

import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.sealed import UNDER_MASTER_KEYS
from escalation.staff.accounts import totp_place
from escalation.tables import staff
from store import conversations, marks, rotation
from store.database import Database
from store.keys import FileKeys, open_keys
from store.rotation import rewrap, rows_by_key, take_over
from store.tables import conversation
from store.vault import Vault, VaultError, key_id_of

pytest_plugins = ("tests.store.databases",)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> FileKeys:
    made = FileKeys(tmp_path / "keys" / "master.json")
    made.make()
    return made


async def meet(database: Database, vault: Vault, *addresses: str) -> list[str]:
    found: list[str] = []
    for address in addresses:
        async with database.transaction() as unit:
            held, _ = await conversations.upsert(unit, vault, "web", address, NOW)
            await conversations.save_state(unit, held, {"of": address}, NOW)
            found.append(held.id)
    return found


async def hire(database: Database, vault: Vault, secret: str) -> None:
    values = {"id": "s1", "name": "lan", "display_name": "Lan", "role": "counsellor", "area": "national"}
    async with database.transaction() as unit:
        sealed = vault.seal(totp_place("s1"), secret)
        rest = {"password_hash": "-", "totp_sealed": sealed, "totp_last": 0, "active": True, "created_at": NOW}
        await unit.execute(insert(staff).values(**values, **rest))


async def rotate(database: Database, vault: Vault) -> int:
    await take_over(database, vault)
    return await wrap_anew(database, vault)


async def wrap_anew(database: Database, vault: Vault) -> int:
    return sum([moved async for moved in rewrap(database, vault, UNDER_MASTER_KEYS)])


async def counts(database: Database) -> dict[int, int]:
    async with database.reading() as unit:
        return dict(await rows_by_key(unit, UNDER_MASTER_KEYS))


async def states(database: Database, vault: Vault, ids: list[str]) -> list[str]:
    async with database.reading() as unit:
        helds = [await conversations.read(unit, vault, one) for one in ids]
    return [held.state["of"] for held in helds if held.state is not None]


async def test_everything_is_wrapped_anew_and_a_running_process_still_opens_it(
    database: Database, file: FileKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_AT_ONCE", 2)
    running = open_keys(file)
    ids = await meet(database, running, "a", "b", "c", "d", "e")
    await hire(database, running, "secret")
    file.add(1, NOW)
    assert await rotate(database, open_keys(file)) == 6
    assert await counts(database) == {2: 6}
    assert running.newest == 1
    assert await states(database, running, ids) == ["a", "b", "c", "d", "e"]
    async with database.reading() as unit:
        sealed = (await unit.execute(select(staff.c.totp_sealed))).scalar_one()
    file.remove(1)
    assert open_keys(file).open(totp_place("s1"), sealed) == "secret"
    assert await states(database, open_keys(file), ids) == ["a", "b", "c", "d", "e"]


async def test_interrupted_at_any_point_it_goes_on(
    database: Database, file: FileKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_AT_ONCE", 1)
    ids = await meet(database, open_keys(file), "a", "b", "c")
    file.add(1, NOW)
    for _ in range(3):
        vault = open_keys(file)
        async with contextlib.aclosing(rewrap(database, vault, UNDER_MASTER_KEYS)) as steps:
            async for moved in steps:
                if moved:
                    break
    assert await counts(database) == {2: 3}
    assert await rotate(database, open_keys(file)) == 0
    assert await states(database, open_keys(file), ids) == ["a", "b", "c"]


async def test_nobody_wraps_by_the_old_key_once_the_new_one_took_over(database: Database, file: FileKeys) -> None:
    running = open_keys(file)
    file.add(1, NOW)
    await take_over(database, open_keys(file))
    await meet(database, running, "em")
    assert await counts(database) == {2: 1}


async def test_a_process_that_cannot_get_the_new_key_still_takes_a_child_in(database: Database) -> None:
    alone = Vault({1: b"k" * 32}, b"h" * 32)
    await take_over(database, Vault({1: b"k" * 32, 2: b"n" * 32}, b"h" * 32))
    ids = await meet(database, alone, "em")
    assert await states(database, alone, ids) == ["em"]
    assert await counts(database) == {1: 1}


async def test_a_key_that_was_replaced_meanwhile_is_not_overwritten(database: Database, file: FileKeys) -> None:
    vault = open_keys(file)
    (one,) = await meet(database, vault, "em")
    file.add(1, NOW)
    rotated = open_keys(file)
    fresh = rotated.new_key(one)
    async with database.transaction() as unit:
        await unit.execute(update(conversation).where(conversation.c.id == one).values(key_wrapped=fresh))
        rotation_beside = asyncio.create_task(wrap_anew(database, rotated))
        await asyncio.sleep(0.3)  # on PostgreSQL it has read the old key by now, and waits for the row
    async with asyncio.timeout(10):
        assert await rotation_beside == 0
    async with database.reading() as unit:
        stored = (await unit.execute(select(conversation.c.key_wrapped))).scalar_one()
    assert (bytes(stored), key_id_of(fresh)) == (fresh, 2)


async def test_a_value_that_does_not_open_stops_the_rotation_and_is_named(database: Database, file: FileKeys) -> None:
    (one,) = await meet(database, open_keys(file), "em")
    async with database.transaction() as unit:
        await unit.execute(update(conversation).values(key_wrapped=b"\x01\x00\x00\x00\x01" + b"x" * 60))
    file.add(1, NOW)
    with pytest.raises(VaultError, match=f"{one}/key"):
        await rotate(database, open_keys(file))
    assert await counts(database) == {1: 1}


async def test_a_mark_only_rises_and_a_count_never_repeats(database: Database) -> None:
    async with database.transaction() as unit:
        await marks.raise_to(unit, marks.MASTER_KEY, 3)
        await marks.raise_to(unit, marks.MASTER_KEY, 2)
        assert [await marks.count_on(unit, marks.ERASURES) for _ in range(3)] == [1, 2, 3]
    async with database.reading() as unit:
        found = [await marks.value_of(unit, name) for name in (marks.MASTER_KEY, marks.ERASURES, "other")]
    assert found == [3, 3, 0]
