"""Erasure takes what staff wrote about a child: a canary in each field, and not a byte of it left in the database."""

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Integer, LargeBinary, insert, select, update

from bot.sealed import UNDER_DATA_KEYS
from escalation import retention
from escalation.cases import withdraw
from escalation.staff_words import KINDS, kept_words, open_words
from escalation.tables import cases, complaint
from escalation.writing import erasing
from escalation.writing.tables import draft
from store import conversations
from store.database import Transaction
from store.shredding import SealedColumn, fresh_key
from store.tables import conversation, inbox, message, outbox
from store.types import UtcDateTime
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
TERM = timedelta(days=5 * 365)
CANARY = "con mèo Bích Ngà ở xóm Cây Gạo Tím"
CHILDS = {conversation, inbox, message, outbox, complaint}
"""What the child itself left; other tests search for that."""
STAFFS = tuple(
    sealed for sealed in UNDER_DATA_KEYS if sealed.table not in CHILDS and sealed.column is not cases.c.items_sealed
)
WITH_THE_END = {cases.c.summary_sealed, cases.c.reason_sealed}
"""Written when a case ends, or where the danger opened it: no withdrawal reaches those."""


def value_of(column: Any, known: dict[str, Any], now: Any) -> Any:
    """Return something that a column takes, where nothing is asked of it here."""
    if column.name in known:
        return known[column.name]
    if isinstance(column.type, UtcDateTime):
        return now
    if isinstance(column.type, Boolean):
        return False
    return 1 if isinstance(column.type, Integer) else "01"


async def plant(hotline: Hotline, case_id: str, staff_id: str, skip: Any = frozenset()) -> dict[str, bytes]:
    """Write a canary into every field of staff; returns the sealed values, by field."""
    row = await hotline.row(case_id)
    known = {"case_id": case_id, "conversation_id": row.conversation_id, "staff_id": staff_id}
    planted = {}
    async with hotline.database.transaction() as unit:
        held = await conversations.lock(unit, VAULT, row.conversation_id)
        for table in {sealed.table for sealed in STAFFS} - {cases}:
            needed = [column for column in table.columns if not column.nullable]
            plain = [column for column in needed if not isinstance(column.type, LargeBinary)]
            made = {column.name: value_of(column, known, hotline.now) for column in plain}
            empty = {column.name: b"" for column in needed if isinstance(column.type, LargeBinary)}
            await unit.execute(insert(table).values(**made, **empty))
        for sealed in STAFFS:
            if sealed.column in skip:
                continue
            mine = sealed.table.c.id == case_id if sealed.table is cases else sealed.table.c.case_id == case_id
            found = (await unit.execute(select(sealed.table).where(mine))).one()
            value = held.sealer.seal(sealed.place(found), f"{CANARY} {name_of(sealed)}")
            await unit.execute(update(sealed.table).where(mine).values({sealed.column: value}))
            planted[name_of(sealed)] = value
    return planted


def name_of(sealed: SealedColumn) -> str:
    return f"{sealed.table.name}.{sealed.column.name}"


def left(hotline: Hotline, planted: dict[str, bytes]) -> set[str]:
    """Return the fields whose sealed value stands anywhere in the bytes of the database."""
    file = Path(str(hotline.database.engine.url.database))
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = b"".join(part.read_bytes() for part in file.parent.glob(file.name + "*"))
    assert CANARY.encode() not in content
    return {name for name, value in planted.items() if value in content}


async def taken_back(unit: Transaction, hotline: Hotline, case_id: str) -> None:
    await withdraw(unit, case_id, now=hotline.now)


async def erased(unit: Transaction, hotline: Hotline, case_id: str) -> None:
    """Do what "Xóa dữ liệu" does (`bot.apply`): the case is taken back, drafts go, and so does the key."""
    row = (await unit.execute(select(cases).where(cases.c.id == case_id))).one()
    await withdraw(unit, case_id, now=hotline.now)
    await erasing.drafts_to_person(unit, row.conversation_id, row.role)
    held = await conversations.lock(unit, VAULT, row.conversation_id)
    await fresh_key(unit, VAULT, held, UNDER_DATA_KEYS)


async def past_its_term(unit: Transaction, hotline: Hotline, case_id: str) -> None:
    await unit.execute(update(cases).where(cases.c.id == case_id).values(state="closed", closed_at=hotline.now))
    hotline.pass_time((TERM + timedelta(days=1)).total_seconds())
    await erasing.old_drafts(unit, hotline.now)
    assert await retention.purge_cases(unit, hotline.now, TERM) == 1


Way = Callable[[Transaction, Hotline, str], Awaitable[None]]


@pytest.mark.parametrize("claimed", [False, True])
@pytest.mark.parametrize(
    ("way", "skip"), [(taken_back, WITH_THE_END), (erased, WITH_THE_END), (past_its_term, frozenset())]
)
async def test_not_a_byte_of_what_staff_wrote_is_left(
    lite_hotline: Hotline, way: Way, skip: Any, claimed: bool
) -> None:
    lan = await lite_hotline.staff("lan")
    case_id = await lite_hotline.child("em", urgency="moderate")
    if claimed:
        await lite_hotline.claim(lan, case_id)
    planted = await plant(lite_hotline, case_id, lan.id, skip)
    assert {"note.body_sealed", "draft.body_sealed", "referral.packet_sealed", "task.note_sealed"} <= set(planted)
    assert left(lite_hotline, planted) == set(planted), "it is there before"
    async with lite_hotline.database.transaction() as unit:
        await way(unit, lite_hotline, case_id)
    assert left(lite_hotline, planted) == set()
    async with lite_hotline.database.reading() as unit:
        assert await kept_words(unit, case_id) == ()


async def test_the_words_of_another_case_stay(lite_hotline: Hotline) -> None:
    lan = await lite_hotline.staff("lan")
    gone, stays = (
        await lite_hotline.child("em 1", urgency="moderate"),
        await lite_hotline.child("em 2", urgency="moderate"),
    )
    planted = await plant(lite_hotline, stays, lan.id)
    async with lite_hotline.database.transaction() as unit:
        await withdraw(unit, gone, now=lite_hotline.now)
    assert left(lite_hotline, planted) == set(planted)


def test_every_field_of_staff_is_told_of_but_a_draft() -> None:
    assert {each.column for each in KINDS} == {sealed.column for sealed in STAFFS} - {draft.c.body_sealed}
    assert len({each.kind for each in KINDS}) == len(KINDS)


async def test_a_person_is_told_what_staff_wrote_and_the_operators_copy_has_the_words(lite_hotline: Hotline) -> None:
    lan = await lite_hotline.staff("lan")
    case_id = await lite_hotline.child("em", urgency="moderate")
    planted = await plant(lite_hotline, case_id, lan.id, WITH_THE_END)
    row = await lite_hotline.row(case_id)
    async with lite_hotline.database.reading() as unit:
        told = await kept_words(unit, case_id)
        held = await conversations.read(unit, VAULT, row.conversation_id)
        opened = await open_words(unit, held, case_id)
    assert {one.kind for one in told} >= {"note", "form", "task", "referral", "packet_of_a_referral"}
    assert not any(CANARY in repr(one) for one in told)
    words = {f"{CANARY} {name}" for name in planted if name != "draft.body_sealed"}
    assert {one["words"] for one in opened} == words
