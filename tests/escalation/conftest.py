"""A desk on a real database and a real server on loopback.

One kind of database is enough for most tests; a module that wants both overrides `desk_database`.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher

from escalation.api import api_app
from escalation.desk import desk_app
from escalation.staff import passwords
from store.clock import MovableClock
from store.database import Database
from store.tables import metadata
from store.vault import Vault
from tests.escalation.world import Desk, World


@pytest.fixture(autouse=True)
def _pages_look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page finds by its own look after seconds, a test need not wait for."""
    monkeypatch.setattr("store.signals._LOOK_SECONDS", (0.3, 0.6))


@pytest.fixture
async def desk_database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}", synchronous="OFF")
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def world(desk_database: Database, monkeypatch: pytest.MonkeyPatch) -> World:
    # The real hash takes 64 MiB and 0.15 s; `test_staff_passwords` tries it.
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._decoy.cache_clear()
    await desk_database.open()
    return World(desk_database, Vault({1: b"k" * 32}, b"h" * 32), MovableClock())


@pytest.fixture
async def server(world: World) -> AsyncIterator[TestServer]:
    root = web.Application()
    root.add_subapp("/desk", desk_app(world.services))
    root.add_subapp("/api/v1", api_app(world.services))
    running = TestServer(root)
    await running.start_server()
    yield running
    await running.close()


@pytest.fixture
async def desk(server: TestServer, world: World) -> AsyncIterator[Desk]:
    open_desk = Desk(server, world)
    yield open_desk
    await open_desk.close()
