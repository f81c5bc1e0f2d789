"""Many processes on one PostgreSQL: each does its part, any of them may go, and nobody notices."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.served import Served
from tests.served_people import Counsellor, WebChild, until
from tests.telegram.bot_api_server import BotApiServer
from tests.telegram.chats import Shown

TELLING = "em bi danh o truong, ngay nao tui no cung chan duong danh em"
CHAT = 845


@contextlib.asynccontextmanager
async def house(folder: Path, url: str, *parts: tuple[str, ...], **settings: str) -> AsyncIterator[tuple[Served, ...]]:
    """Start processes side by side on an empty database, and stop them again."""
    shared = {"KHIEN_DATABASE_URL": url, "KHIEN_DATA_DIR": str(folder / "data")} | settings
    processes = tuple(
        Served(folder=folder / f"{place}-{'-'.join(roles)}", settings=shared, roles=roles)
        for place, roles in enumerate(parts)
    )
    try:
        await asyncio.gather(*(process.start() for process in processes))
        yield processes
        for process in processes:
            await process.stop()
    finally:
        for process in processes:
            await process.kill()


async def test_a_child_and_a_counsellor_meet_across_processes_that_come_and_go(
    postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.fresh("parts")
    parts = (("web",), ("web",), ("worker",), ("worker",), ("scheduler",))
    async with house(tmp_path, url, *parts) as (one, other, first, second, _):
        token = await other.counsellor_token()
        async with WebChild(one.url) as child, Counsellor(other.url, token) as counsellor:
            child.listen()
            await counsellor.ask("PUT", "/presence", {"on": True})
            assert "111" in (await child.says(TELLING))[0]["text"]
            await first.kill()
            assert await child.presses("talk.now")
            assert await child.presses("consent.conversation.yes")
            await until(counsellor.queue)
            case, lease = await counsellor.take_next()
            await second.stop()
            await counsellor.writes(case, lease, "Chào em, cô nghe em đây.")
            await first.start()
            await until(lambda: _said(child, "cô nghe em đây"))
            await child.says("da em o day")
            await until(lambda: _reads(counsellor, case, "da em o day"))
            assert TELLING not in one.output + other.output + first.output + second.output


async def test_one_process_of_all_asks_telegram_and_another_takes_over(postgres: Postgres, tmp_path: Path) -> None:
    async with (
        BotApiServer() as server,
        house(
            tmp_path,
            postgres.fresh("polling"),
            ("web", "worker"),
            ("web", "worker"),
            ("sender", "scheduler"),
            TELEGRAM_TOKEN=server.token,
            KHIEN_TELEGRAM_BASE_URL=server.url,
        ) as (one, other, _),
    ):
        await server.user_says(CHAT, TELLING)
        await server.wait_for(CHAT, lambda shown: shown.from_bot and "111" in shown.text, 60.0)
        for gone, words, offers in ((one, "menu", "role.child"), (other, "mình là học sinh", "band.11-14")):
            await gone.kill()
            await server.user_says(CHAT, words)
            await server.wait_for(CHAT, _offering(offers), 60.0)
            await gone.start()


def _offering(choice: str) -> Callable[[Shown], bool]:
    return lambda shown: choice in shown.choices


async def _said(child: WebChild, words: str) -> bool:
    return any(words in message["text"] for message in child.pushed)


async def _reads(counsellor: Counsellor, case: str, words: str) -> bool:
    return words in str(await counsellor.read(case))


@pytest.mark.parametrize("role", ["worker", "sender", "scheduler"])
async def test_a_part_without_pages_tells_how_it_is(postgres: Postgres, tmp_path: Path, role: str) -> None:
    url = postgres.fresh(f"part_{role}")
    async with house(tmp_path, url, (role,)) as (part,), WebChild(part.url, session="x") as nobody:
        async with nobody.client.get("/healthz") as response:
            assert response.status == 200
        async with nobody.client.get("/") as response:
            assert response.status == 404
