"""With a database that is really broken, a child still gets 111, and is answered once it is mended."""

import os
import signal
import sqlite3
from pathlib import Path

import pytest

from bot.channels.patience import within
from bot.playback import Player, player
from content.library import Content
from nlu.listener import Listener
from tests.faults.restarts import control
from tests.postgres import Postgres
from tests.served import served
from tests.served_people import WebChild
from tests.telegram.bot_api_server import BotApiServer

TELLING = "em bi danh o truong, ngay nao tui no cung chan duong danh em"
CHAT = 712


async def test_without_postgresql_the_web_and_telegram_say_111(postgres: Postgres, tmp_path: Path) -> None:
    async with (
        BotApiServer() as server,
        served(
            tmp_path / "house",
            TELEGRAM_TOKEN=server.token,
            KHIEN_TELEGRAM_BASE_URL=server.url,
            KHIEN_DATABASE_URL=postgres.fresh("away"),
        ) as product,
        WebChild(product.url) as child,
    ):
        control(postgres, "stop")
        try:
            status, answer = await child.post(id="m1", text=TELLING)
            assert status == 503
            assert "111" in answer["error"]
            await server.user_says(CHAT, TELLING)
            await server.wait_for(CHAT, lambda shown: shown.from_bot and "111" in shown.text, 60.0)
        finally:
            control(postgres, "start")
        assert "111" in (await child.says(TELLING))[0]["text"]
        await server.wait_for(CHAT, lambda shown: "safe.no" in shown.choices, 60.0)
        assert TELLING not in product.output


async def test_an_sqlite_file_that_takes_no_writing_refuses_with_111_until_it_does(tmp_path: Path) -> None:
    async with served(tmp_path / "house") as product, WebChild(product.url) as child:
        (file,) = product.data.glob("*.sqlite3")
        # Another process holds the writer for longer than the product waits for it: nothing can be written.
        with sqlite3.connect(file, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            status, answer = await child.post(id="m1", text=TELLING)
            assert status == 503
            assert "111" in answer["error"]
            other.execute("ROLLBACK")
        assert "111" in (await child.says(TELLING))[0]["text"]


async def test_a_database_that_hangs_is_waited_for_no_longer_than_promised(
    postgres: Postgres, content: Content, listener: Listener
) -> None:
    async with player(content=content, listener=listener, database_url=postgres.fresh("hangs")) as person:
        await person.say("chào bạn")
        leader = int((postgres.socket_dir / "data" / "postmaster.pid").read_text().split()[0])
        servers = [leader, *_children_of(leader)]
        for server in servers:
            os.kill(server, signal.SIGSTOP)
        try:
            with pytest.raises(TimeoutError):
                await within(0.3, _stored(person))
        finally:
            for server in servers:
                os.kill(server, signal.SIGCONT)


async def _stored(person: Player) -> None:
    await person.say(TELLING)


def _children_of(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
