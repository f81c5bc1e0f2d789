"""What is asked every second must not read a whole table, however much it has come to hold."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from store import inbox, outbox, parked, timers
from store.database import Database, Transaction
from tests.store.databases import create_tables
from tests.store.keys import VAULT

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

Asked = Callable[[Transaction], Awaitable[object]]

EVERY_SECOND: dict[str, Asked] = {
    "a turn": lambda unit: inbox.claim(unit, NOW),
    "a sending": lambda unit: outbox.claim(unit, VAULT, ("telegram",), NOW),
    "what is set aside": lambda unit: parked.claim(unit, NOW),
    "a timer": lambda unit: timers.ring_one(unit, VAULT, NOW),
}


@pytest.mark.parametrize("asked", EVERY_SECOND.values(), ids=EVERY_SECOND)
async def test_what_is_asked_every_second_goes_by_an_index(asked: Asked, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/plans.sqlite3"
    await create_tables(url)
    database = Database(url)
    statements: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.transaction() as unit:
        await asked(unit)
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    plans = [line for statement, parameters in statements for line in await plan_of(database, statement, parameters)]
    await database.close()
    assert plans
    assert [line for line in plans if line.startswith("SCAN") and " INDEX " not in line] == []


async def plan_of(database: Database, statement: str, parameters: Any) -> list[str]:
    if not statement.startswith(("SELECT", "UPDATE", "DELETE")):
        return []
    async with database.engine.connect() as connection:
        found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row.detail for row in found]
