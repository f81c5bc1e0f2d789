"""The trail: what was written verifies, and any row changed, removed or put in is found, whichever it is."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from escalation import contact, trail
from escalation.tables import trail as trail_table
from escalation.trail import BrokenLink
from store.database import Database, Transaction
from tests.escalation.hotline import START, Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
STREAMS = ("case:a", "case:b", "staff:lan", trail.SYSTEM)
words = st.text("abcàđ \0\n|", max_size=8)
entries = st.lists(st.tuples(st.sampled_from(STREAMS), words, words), min_size=1, max_size=12)


async def write(unit: Transaction, rows: list[tuple[str, str, str]]) -> None:
    for number, (stream, actor, word) in enumerate(rows):
        at = START + timedelta(seconds=number)
        await trail.record(unit, stream=stream, actor=actor, action="case.viewed", at=at, detail={"word": word})


def on_an_empty_trail(file: Path, work: Callable[[Transaction], Awaitable[None]]) -> None:
    """Run `work` in a unit of work that is rolled back."""

    async def run() -> None:
        database = Database(f"sqlite+aiosqlite:///{file}", synchronous="OFF")
        try:
            async with database.reading() as unit:
                await work(unit)
                await unit._connection.rollback()
        finally:
            await database.close()

    asyncio.run(run())


quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(rows=entries)
def test_whatever_was_written_verifies_and_each_stream_counts_from_one(
    sqlite_file: Path, rows: list[tuple[str, str, str]]
) -> None:
    async def work(unit: Transaction) -> None:
        await write(unit, rows)
        assert await trail.verify(unit) == (len(rows), ())
        for stream in STREAMS:
            assert await trail.count(unit, stream) == sum(row[0] == stream for row in rows)

    on_an_empty_trail(sqlite_file, work)


CHANGES: dict[str, object] = {
    "actor": "somebody else",
    "action": "case.closed",
    "detail": '{"word":"another"}',
    "at": START - timedelta(days=1),
    "hash": "f" * 64,
    "number": 77,
    "stream": "case:elsewhere",
}


@quick
@given(rows=entries, which=st.integers(0), column=st.sampled_from(sorted(CHANGES)))
def test_a_changed_row_is_found(sqlite_file: Path, rows: list[tuple[str, str, str]], which: int, column: str) -> None:
    async def work(unit: Transaction) -> None:
        await write(unit, rows)
        row = (await unit.execute(select(trail_table))).all()[which % len(rows)]
        mine = (trail_table.c.stream == row.stream) & (trail_table.c.number == row.number)
        await unit.execute(update(trail_table).where(mine).values({column: CHANGES[column]}))
        _, broken = await trail.verify(unit)
        assert broken != ()
        if column not in {"number", "stream"}:
            assert broken[0] == BrokenLink(stream=row.stream, number=row.number)

    on_an_empty_trail(sqlite_file, work)


@quick
@given(rows=entries, which=st.integers(0))
def test_a_removed_row_is_found_unless_it_is_the_last_whose_loss_the_length_tells(
    sqlite_file: Path, rows: list[tuple[str, str, str]], which: int
) -> None:
    async def work(unit: Transaction) -> None:
        await write(unit, rows)
        row = (await unit.execute(select(trail_table))).all()[which % len(rows)]
        length = await trail.count(unit, row.stream)
        mine = (trail_table.c.stream == row.stream) & (trail_table.c.number == row.number)
        await unit.execute(delete(trail_table).where(mine))
        _, broken = await trail.verify(unit)
        if row.number == length:
            assert await trail.count(unit, row.stream) == length - 1
        else:
            assert broken == (BrokenLink(stream=row.stream, number=row.number + 1),)

    on_an_empty_trail(sqlite_file, work)


@quick
@given(rows=entries, which=st.integers(0))
def test_a_row_put_in_between_is_found(sqlite_file: Path, rows: list[tuple[str, str, str]], which: int) -> None:
    async def work(unit: Transaction) -> None:
        await write(unit, rows)
        row = (await unit.execute(select(trail_table))).all()[which % len(rows)]
        after = (trail_table.c.stream == row.stream) & (trail_table.c.number >= row.number)
        moved = (await unit.execute(select(trail_table.c.number).where(after))).scalars().all()
        for number in sorted(moved, reverse=True):
            mine = (trail_table.c.stream == row.stream) & (trail_table.c.number == number)
            await unit.execute(update(trail_table).where(mine).values(number=number + 1))
        forged = dict(row._mapping) | {"action": "case.forged", "number": row.number}
        await unit.execute(insert(trail_table).values(**forged))
        _, broken = await trail.verify(unit)
        assert broken == (BrokenLink(stream=row.stream, number=row.number),)

    on_an_empty_trail(sqlite_file, work)


@quick
@given(rows=entries, first=st.integers(0), second=st.integers(0))
def test_two_rows_that_changed_places_are_found(
    sqlite_file: Path, rows: list[tuple[str, str, str]], first: int, second: int
) -> None:
    async def work(unit: Transaction) -> None:
        await write(unit, [(STREAMS[0], actor, word) for _, actor, word in rows])
        found = (await unit.execute(select(trail_table).order_by(trail_table.c.number))).all()
        one, other = found[first % len(found)], found[second % len(found)]
        if one.number == other.number:
            return
        for target, source in ((one, other), (other, one)):
            content = {name: getattr(source, name) for name in ("at", "actor", "action", "detail", "hash")}
            await unit.execute(update(trail_table).where(trail_table.c.number == target.number).values(**content))
        _, broken = await trail.verify(unit)
        assert broken == (BrokenLink(stream=STREAMS[0], number=min(one.number, other.number)),)

    on_an_empty_trail(sqlite_file, work)


async def test_one_broken_stream_is_named_once_and_leaves_the_others_whole(hotline: Hotline) -> None:
    async with hotline.database.transaction() as unit:
        await write(unit, [("case:a", "x", "1"), ("case:b", "x", "1"), ("case:b", "x", "2"), ("case:b", "x", "3")])
        await unit.execute(update(trail_table).where(trail_table.c.stream == "case:b").values(actor="y"))
        assert await trail.verify(unit) == (4, (BrokenLink(stream="case:b", number=1),))


async def test_a_times_zone_does_not_break_the_chain(hotline: Hotline) -> None:
    """A moment is hashed as it is stored: in UTC, whatever zone it was given in."""
    hanoi = START.astimezone(timezone(timedelta(hours=7)))
    async with hotline.database.transaction() as unit:
        await trail.record(unit, stream="case:a", actor="x", action="case.viewed", at=hanoi)
        assert await trail.verify(unit) == (1, ())


async def test_many_who_write_at_once_keep_one_whole_chain(hotline: Hotline) -> None:
    """Whoever writes into a case's stream holds the case; here each one holds the same conversation."""
    case_id = await hotline.child()
    staff = [await hotline.staff(f"s{number}") for number in range(6)]

    async def look(number: int) -> None:
        async with hotline.database.transaction() as unit:
            await contact.read_contact(unit, VAULT, staff[number], case_id, hotline.now)

    async with asyncio.timeout(20):
        await asyncio.gather(*(look(number) for number in range(6)))
    async with hotline.database.reading() as unit:
        total, broken = await trail.verify(unit)
    assert (total, broken) == (7, ())


@pytest.mark.parametrize("detail", [None, {}])
async def test_an_entry_without_detail_is_an_entry(hotline: Hotline, detail: dict[str, str] | None) -> None:
    async with hotline.database.transaction() as unit:
        await trail.record(unit, stream=trail.SYSTEM, actor="khien", action="started", at=START, detail=detail)
        assert await trail.verify(unit) == (1, ())
