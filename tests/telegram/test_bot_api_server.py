import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, ServerDisconnectedError, web
from aiohttp.test_utils import TestServer

from tests.telegram import faults
from tests.telegram.bot_api_server import BotApiServer
from tests.telegram.conftest import until

LAN = 42
KEYBOARD = json.dumps({"inline_keyboard": [[{"text": "Học", "callback_data": "learn"}]]})


@pytest.fixture
async def wire() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def _call(
    wire: ClientSession, server: BotApiServer, method: str, *, token: str | None = None, **values: Any
) -> tuple[int, Any]:
    async with wire.post(f"{server.url}/bot{token or server.token}/{method}", data=values) as response:
        answer = await response.json()
        assert answer["ok"] is (response.status == 200)
        return response.status, answer.get("result", answer.get("description"))


@pytest.mark.parametrize(
    ("method", "values", "status", "violation"),
    [
        ("sendVideo", {"chat_id": "42"}, 404, "unknown method sendVideo"),
        ("getFile", {"file_id": "A"}, 404, "unknown method getFile"),
        ("sendMessage", {"chat_id": "42"}, 400, "sendMessage: text is missing"),
        (
            "sendMessage",
            {"chat_id": "42", "text": "a", "parse_mode": "HTML"},
            400,
            "sendMessage: unknown parameter parse_mode",
        ),
        ("getUpdates", {"timeout": "60"}, 400, "getUpdates: timeout is 60, not 0-50"),
    ],
)
async def test_a_wrong_call_is_refused_and_noted(
    server: BotApiServer, wire: ClientSession, method: str, values: dict[str, str], status: int, violation: str
) -> None:
    assert (await _call(wire, server, method, **values))[0] == status
    assert server.violations == [violation]
    assert server.calls == []


async def test_another_token_and_another_address(server: BotApiServer, wire: ClientSession) -> None:
    assert await _call(wire, server, "getMe", token="1:x") == (401, "Unauthorized")
    async with wire.get(f"{server.url}/file/bot{server.token}/photo.jpg") as response:
        assert response.status == 404
    assert server.violations == ["no such address: GET with 3 slashes"]


async def test_a_bot_cannot_begin_a_chat(server: BotApiServer, wire: ClientSession) -> None:
    send = {"chat_id": "42", "text": "a"}
    assert await _call(wire, server, "sendMessage", **send) == (400, "Bad Request: chat not found")
    await server.user_says(LAN, "chào")
    status, sent = await _call(wire, server, "sendMessage", **send)
    assert (status, sent["text"], sent["chat"]["id"]) == (200, "a", LAN)
    await server.block(LAN)
    assert await _call(wire, server, "sendMessage", **send) == (403, "Forbidden: bot was blocked by the user")


async def test_a_button_that_is_not_there_cannot_be_pressed(server: BotApiServer, wire: ClientSession) -> None:
    await server.user_says(LAN, "chào")
    with pytest.raises(LookupError):
        await server.user_presses(LAN, "learn")
    _, sent = await _call(wire, server, "sendMessage", chat_id="42", text="a", reply_markup=KEYBOARD)
    await server.user_presses(LAN, "learn")
    await _call(wire, server, "deleteMessage", chat_id="42", message_id=sent["message_id"])
    with pytest.raises(LookupError):
        await server.user_presses(LAN, "learn")


async def test_only_own_messages_can_be_changed(server: BotApiServer, wire: ClientSession) -> None:
    await server.user_says(LAN, "chào")
    _, sent = await _call(wire, server, "sendMessage", chat_id="42", text="a")
    with pytest.raises(LookupError):
        await server.edit(LAN, sent["message_id"], "b")


async def test_deleting(server: BotApiServer, wire: ClientSession) -> None:
    await server.user_says(LAN, "chào")
    (shown,) = server.messages(LAN)
    one = {"chat_id": "42", "message_id": str(shown.message_id)}
    server.chats.make_old(LAN, shown.message_id)
    assert (await _call(wire, server, "deleteMessage", **one))[1] == "Bad Request: message can't be deleted"
    shown.date += 10**6
    assert await _call(wire, server, "deleteMessage", **one) == (200, True)
    assert (await _call(wire, server, "deleteMessage", **one))[1] == "Bad Request: message to delete not found"
    many = {"chat_id": "42", "message_ids": json.dumps([shown.message_id, 999])}
    assert await _call(wire, server, "deleteMessages", **many) == (200, True)


async def test_an_update_stays_until_a_later_one_is_asked_for(server: BotApiServer, wire: ClientSession) -> None:
    first = await server.user_says(LAN, "a")
    second = await server.user_says(LAN, "b")
    assert await _call(wire, server, "getUpdates") == (200, [first, second])
    assert await _call(wire, server, "getUpdates", limit="1") == (200, [first])
    later = {"offset": str(second["update_id"])}
    assert await _call(wire, server, "getUpdates", **later) == (200, [second])
    assert await _call(wire, server, "getUpdates") == (200, [second])


async def test_a_long_poll_ends_with_the_first_update(server: BotApiServer, wire: ClientSession) -> None:
    asking = asyncio.create_task(_call(wire, server, "getUpdates", timeout="5"))
    await until(lambda: bool(server.calls))
    assert not asking.done()
    update = await server.user_says(LAN, "a")
    assert await asking == (200, [update])


async def test_of_two_readers_the_older_is_sent_away(server: BotApiServer, wire: ClientSession) -> None:
    older = asyncio.create_task(_call(wire, server, "getUpdates", timeout="5"))
    await until(lambda: bool(server.calls))
    newer = asyncio.create_task(_call(wire, server, "getUpdates", timeout="5"))
    status, why = await older
    assert (status, why[:47]) == (409, "Conflict: terminated by other getUpdates reques")
    await server.user_says(LAN, "a")
    assert (await newer)[0] == 200


async def test_kinds_that_were_not_asked_for_do_not_come(server: BotApiServer, wire: ClientSession) -> None:
    await _call(wire, server, "getUpdates", allowed_updates='["message"]')
    update = await server.user_says(LAN, "a")
    await server.edit(LAN, server.messages(LAN)[0].message_id, "b")
    assert await _call(wire, server, "getUpdates") == (200, [update])


async def test_faults(server: BotApiServer, wire: ClientSession) -> None:
    await server.user_says(LAN, "chào")
    send = {"chat_id": "42", "text": "a"}
    server.fail_next("sendMessage", faults.flood(5))
    server.fail_next("sendMessage", faults.status(500))
    assert (await _call(wire, server, "sendMessage", **send))[0] == 429
    assert (await _call(wire, server, "sendMessage", **send))[0] == 500
    for fault in (faults.cut(), faults.answer_lost()):
        server.fail_next("sendMessage", fault)
        with pytest.raises(ServerDisconnectedError):
            await _call(wire, server, "sendMessage", **send)
    assert len(server.messages(LAN)) == 2
    assert (await _call(wire, server, "sendMessage", **send))[0] == 200


async def test_waiting_for_a_message(server: BotApiServer, wire: ClientSession) -> None:
    await server.user_says(LAN, "111")
    with pytest.raises(TimeoutError):
        await server.wait_for(LAN, lambda shown: "111" in shown.text, timeout=0.02)
    waiting = asyncio.create_task(server.wait_for(LAN, lambda shown: "111" in shown.text))
    await _call(wire, server, "sendMessage", chat_id="42", text="a")
    await _call(wire, server, "sendMessage", chat_id="42", text="Gọi 111")
    assert (await waiting).text == "Gọi 111"


async def test_a_webhook_is_tried_until_it_takes_the_update(server: BotApiServer, wire: ClientSession) -> None:
    seen: list[tuple[str | None, str]] = []

    async def moody(request: web.Request) -> web.Response:
        update = await request.json()
        seen.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), update["message"]["text"]))
        return web.Response(status=500 if len(seen) < 3 else 204)

    app = web.Application()
    app.router.add_post("/hook", moody)
    async with TestServer(app) as site:
        await server.user_says(LAN, "a")
        url = str(site.make_url("/hook"))
        await _call(wire, server, "setWebhook", url=url, secret_token="s")
        await server.user_says(LAN, "b")
        await until(lambda: not server.updates.pending)
        status, why = await _call(wire, server, "getUpdates")
        assert (status, why[:38]) == (409, "Conflict: can't use getUpdates method ")
        _, info = await _call(wire, server, "getWebhookInfo")
        assert (info["url"], info["pending_update_count"]) == (url, 0)
    assert seen == [("s", "a"), ("s", "a"), ("s", "a"), ("s", "b")]
    assert [delivery.status for delivery in server.updates.deliveries] == [500, 500, 204, 204]
    await _call(wire, server, "deleteWebhook")
    assert (await _call(wire, server, "getWebhookInfo"))[1]["url"] == ""


async def test_what_else_the_bot_may_do(server: BotApiServer, wire: ClientSession) -> None:
    await server.user_says(LAN, "a")
    assert await _call(wire, server, "sendChatAction", chat_id="42", action="typing") == (200, True)
    assert (await _call(wire, server, "answerCallbackQuery", callback_query_id="1"))[0] == 400
    assert server.violations == []
