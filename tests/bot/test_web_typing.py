"""Typing, both ways over the web: told only while the two talk, and written nowhere."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from content.library import Content
from nlu.listener import Listener
from store import conversations
from store.database import Database
from store.signals import typing_topic
from store.tables import metadata
from tests.bot.chat_server import ChatServer, chat_server

pytest_plugins = ("tests.store.databases",)


@pytest.fixture
async def chat(database: Database, content: Content, listener: Listener) -> AsyncIterator[ChatServer]:
    await database.open()
    async with chat_server(database, content, listener) as running:
        running.work()
        yield running


async def conversation(chat: ChatServer, session: str) -> str:
    player = chat.player
    async with player.database.reading() as unit:
        held = await conversations.find(unit, player.vault, "web", session)
    assert held is not None
    return str(held.id)


async def types(chat: ChatServer, session: str) -> int:
    body = json.dumps({"session": session}).encode()
    async with chat.browser.post(chat.url("/chat/api/typing"), data=body) as answer:
        return answer.status


async def heard(chat: ChatServer, session: str) -> bool:
    """Let the child type; returns whether a counsellor's page heard of it."""
    topic = typing_topic(await conversation(chat, session), "child")
    with chat.player.database.signals.listen(topic) as waiter:
        assert await types(chat, session) == 204
        return await waiter.wait(0.5)


async def rows(chat: ChatServer) -> int:
    total = 0
    async with chat.player.database.reading() as unit:
        for table in metadata.tables.values():
            total += (await unit.execute(select(func.count()).select_from(table))).scalar_one()
    return total


async def test_the_counsellor_sees_that_the_child_writes_and_nothing_is_stored(chat: ChatServer) -> None:
    session = await chat.shared_case()
    assert not await heard(chat, session), "nobody is there yet"
    await chat.player.take_next()
    await chat.rest()  # so that nothing else writes meanwhile
    before = await rows(chat)
    assert await heard(chat, session)
    assert await rows(chat) == before


@pytest.mark.parametrize("hides", ["counsellor.end", "exit"])
async def test_nobody_hears_of_it_once_the_child_hides_the_talk(chat: ChatServer, hides: str) -> None:
    session = await chat.shared_case()
    await chat.player.take_next()
    await chat.send(session, "hide", choice=hides)
    assert not await heard(chat, session)


async def test_a_stranger_and_a_broken_body_are_refused(chat: ChatServer) -> None:
    assert await types(chat, "not-a-session") == 404
    async with chat.browser.post(chat.url("/chat/api/typing"), data=b"{") as answer:
        assert answer.status == 422


async def test_the_child_sees_that_the_counsellor_writes_while_they_talk(chat: ChatServer) -> None:
    session = await chat.shared_case()
    await chat.player.take_next()
    await chat.player.counsellor_says("Cô nghe em đây")
    listening = asyncio.create_task(chat.events(session, 3))  # the two words of the talk come first or last
    topic = typing_topic(await conversation(chat, session), "counsellor")
    while not listening.done():
        await chat.player.database.stir(topic)
        await asyncio.sleep(0.1)
    assert "typing" in {kind for kind, _, _ in await listening}


async def test_after_leaving_the_child_is_shown_nothing_of_it(chat: ChatServer) -> None:
    session = await chat.shared_case()
    await chat.player.take_next()
    await chat.player.counsellor_says("Cô nghe em đây")
    await chat.send(session, "hide", choice="counsellor.end")
    listening = asyncio.create_task(chat.events(session, 1))
    topic = typing_topic(await conversation(chat, session), "counsellor")
    for _ in range(10):
        await chat.player.database.stir(topic)
        await asyncio.sleep(0.1)
    shown = listening.result() if listening.done() else []
    listening.cancel()
    assert [kind for kind, _, _ in shown if kind == "typing"] == []
