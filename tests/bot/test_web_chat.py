"""The web chat's contract, on a real server: one message is one turn, nothing comes twice, nothing is lost."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from bot.channels.web import receive
from content.library import Content
from nlu.listener import Listener
from store.database import Database
from store.tables import inbox, outbox
from tests.bot.chat_server import ChatServer, chat_server

pytest_plugins = ("tests.store.databases",)
CANARY = "0912345678"


@pytest.fixture
async def idle(lite: Database, content: Content, listener: Listener) -> AsyncIterator[ChatServer]:
    """Give a server whose turns do not run until told."""
    async with chat_server(lite, content, listener) as running:
        yield running


@pytest.fixture
async def chat(idle: ChatServer) -> ChatServer:
    """Give a server whose turns run."""
    idle.work()
    return idle


async def count(chat: ChatServer, table: Any) -> int:
    async with chat.player.database.reading() as unit:
        return len((await unit.execute(select(table))).all())


# --- sessions and messages -----------------------------------------------------------------------------------------


async def test_sessions_are_128_bit_secrets_of_their_own(chat: ChatServer) -> None:
    sessions = {await chat.session() for _ in range(5)}
    assert len(sessions) == 5
    assert all(len(session) >= 22 for session in sessions)


async def test_a_message_is_answered_with_the_replies_of_its_turn(chat: ChatServer) -> None:
    replies = await chat.send(await chat.session(), "m1", text="chào bạn")
    (reply,) = replies
    assert set(reply) == {"id", "text", "choices", "from"}
    assert reply["from"] == "bot"
    assert [choice["id"] for choice in reply["choices"]] == ["role.child", "role.parent", "lang.vi", "lang.en"]
    assert all(set(choice) == {"id", "label"} for choice in reply["choices"])


async def test_numbers_stand_in_plain_digits(chat: ChatServer) -> None:
    (reply, *_) = await chat.send(await chat.session(), "m1", text="bố đánh em hoài, em sợ")
    assert "111" in reply["text"]
    assert "<" not in reply["text"]


async def test_the_same_id_twice_is_one_message_with_the_same_replies(chat: ChatServer) -> None:
    session = await chat.session()
    first = await chat.send(session, "m1", text="chào bạn")
    assert await chat.send(session, "m1", text="chào bạn") == first
    assert await chat.send(session, "m1", text="một lời khác") == first
    assert (await count(chat, inbox), await count(chat, outbox)) == (1, 1)


async def test_the_same_id_at_the_same_moment_is_one_message(chat: ChatServer) -> None:
    session = await chat.session()
    answers = await asyncio.gather(*(chat.send(session, "m1", text="chào bạn") for _ in range(4)))
    assert answers == [answers[0]] * 4
    assert answers[0] != []
    assert await count(chat, inbox) == 1


async def test_the_same_id_in_another_session_is_another_message(chat: ChatServer) -> None:
    for _ in range(2):
        assert await chat.send(await chat.session(), "m1", text="chào bạn") != []
    assert await count(chat, inbox) == 2


async def test_messages_that_arrive_together_get_one_joint_reply(idle: ChatServer) -> None:
    session = await idle.session()
    posts = [asyncio.create_task(idle.send(session, f"m{n}", text=text)) for n, text in enumerate(("bố", "đánh", "em"))]
    async with asyncio.timeout(10):
        while await count(idle, inbox) < 3:
            await asyncio.sleep(0.01)
        idle.work()
        answers = await asyncio.gather(*posts)
    assert sorted(len(answer) for answer in answers) == [0, 0, 1]


async def test_a_choice_and_a_typed_answer_do_the_same(chat: ChatServer) -> None:
    answers = []
    for body in ({"choice": "role.child"}, {"text": "em là học sinh"}):
        session = await chat.session()
        await chat.send(session, "m1", text="chào bạn")
        answers.append([(reply["text"], reply["choices"]) for reply in await chat.send(session, "m2", **body)])
    assert answers[0] == answers[1]
    assert answers[0] != []


@pytest.mark.parametrize("choice", ["no.such.choice", "answer.1", "consent.conversation.yes", "delete.confirm"])
async def test_a_choice_that_was_never_offered_is_answered(chat: ChatServer, choice: str) -> None:
    assert await chat.send(await chat.known_child(), "m1", choice=choice) != []


# --- what is refused -----------------------------------------------------------------------------------------------


async def test_an_unknown_session_is_told_so_and_nothing_is_kept(chat: ChatServer) -> None:
    status, answer = await chat.post({"session": "x" * 22, "id": "m1", "text": CANARY})
    assert (status, set(answer)) == (404, {"error"})
    assert answer["error"]
    assert await count(chat, inbox) == 0
    async with chat.browser.get(chat.url("/chat/api/events"), params={"session": "x" * 22}) as events:
        assert events.status == 404


BAD: list[Any] = [
    b"",
    b"{",
    b"\xff\xfe",
    b"null",
    b"[]",
    b'"text"',
    b"[" * 100_000,
    b'{"session": NaN}',
    {},
    {"session": "SESSION"},
    {"session": "SESSION", "id": "m"},
    {"session": "SESSION", "id": "m", "text": CANARY, "choice": "menu"},
    {"session": "SESSION", "id": "m", "text": None, "choice": None},
    {"session": "SESSION", "id": "", "text": CANARY},
    {"session": "SESSION", "id": "m" * 101, "text": CANARY},
    {"session": "SESSION", "id": 7, "text": CANARY},
    {"session": "SESSION", "id": "m", "text": [CANARY]},
    {"session": "SESSION", "id": "m", "text": CANARY * 2_001},
    {"session": "SESSION", "id": "m", "text": CANARY * 30_000},
    {"session": "SESSION", "id": "m", "choice": "Menu!"},
    {"session": "SESSION", "id": "m", "choice": "../etc"},
    {"session": "SESSION", "id": "m", "choice": ""},
    {"session": "SESSION", "id": "m", "choice": "x" * 65},
    {"session": "SESSION", "id": "m", "text": "a", "more": CANARY},
    {"session": "SESSION", "id": "m", "attachment": "picture"},
]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
async def test_a_bad_body_is_refused_in_words_that_repeat_nothing(chat: ChatServer, body: Any) -> None:
    session = await chat.session()
    if isinstance(body, dict) and "session" in body:
        body = body | {"session": session}
    status, answer = await chat.post(body)
    assert status == 422
    assert len(answer["error"]) > 20
    assert CANARY not in answer["error"]
    assert session not in answer["error"]
    assert await count(chat, inbox) == 0


@pytest.mark.parametrize("text", ["", " ", "\n", "😀", "a\u0000b", "\u202eabc", "x" * 20_000])
async def test_odd_words_are_messages_like_others(chat: ChatServer, text: str) -> None:
    assert await chat.send(await chat.known_child(), "odd", text=text) != []


async def test_nothing_a_child_sends_is_logged(chat: ChatServer) -> None:
    with structlog.testing.capture_logs() as logged:
        session = await chat.session()
        await chat.send(session, "m1", text=f"số em {CANARY}")
        await chat.post({"session": session, "id": "m", "text": CANARY, "more": CANARY})
    assert CANARY not in repr(logged)
    assert session not in repr(logged)


# --- the stream ----------------------------------------------------------------------------------------------------


async def test_what_a_post_returned_does_not_come_by_the_stream(chat: ChatServer) -> None:
    session = await chat.shared_case()
    chat.player.clock.advance(125)  # the first waiting note
    ((kind, number, data),) = await chat.events(session, 1)
    assert kind == "message"
    assert data["id"] == number
    assert "111" in data["text"]


async def test_with_a_counsellor_there_replies_are_empty_and_the_stream_carries_the_words(chat: ChatServer) -> None:
    session = await chat.shared_case()
    await chat.player.take_next()
    await chat.player.counsellor_says("Cô nghe em đây")
    assert await chat.send(session, "m9", text="em chào cô") == []
    joined, said = await chat.events(session, 2)
    assert (joined[2]["from"], said[2]["from"]) == ("bot", "counsellor")
    assert (said[2]["text"], said[2]["name"]) == ("Cô nghe em đây", "Cô Lan")
    assert int(said[1]) > int(joined[1])


async def test_a_stream_that_broke_goes_on_behind_the_last_event_seen(chat: ChatServer) -> None:
    session = await chat.shared_case()
    await chat.player.take_next()
    for number in range(3):
        await chat.player.counsellor_says(f"lời {number}")
    joined, first, *_ = await chat.events(session, 4)
    resumed = await chat.events(session, 2, header=first[1])
    assert [data["text"] for _, _, data in resumed] == ["lời 1", "lời 2"]
    by_query = await chat.events(session, 3, last=joined[1])
    assert [data["text"] for _, _, data in by_query] == ["lời 0", "lời 1", "lời 2"]
    header_wins = await chat.events(session, 1, header=resumed[0][1], last=joined[1])
    assert [data["text"] for _, _, data in header_wins] == ["lời 2"]


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "٣", "²", "9" * 40])
async def test_a_last_event_that_is_no_number_breaks_nothing(chat: ChatServer, last: str) -> None:
    session = await chat.shared_case()
    await chat.player.take_next()
    async with (
        asyncio.timeout(5),
        chat.browser.get(chat.url("/chat/api/events"), params={"session": session, "last": last}) as answer,
    ):
        assert answer.status == 200
        if not last.isdigit():
            assert await answer.content.readline() != b""


async def test_a_late_turn_is_answered_by_the_stream(idle: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "WAIT_SECONDS", 0.05)
    session = await idle.session()
    (late,) = await idle.send(session, "m1", text="bố đánh em hoài, em sợ")
    assert late["text"] == receive.LATE
    assert "111" in late["text"]
    assert await idle.send(await idle.session(), "m2", text="thoát") == []  # who leaves in a hurry is shown no number
    idle.work()
    ((kind, _, data),) = await idle.events(session, 1)
    assert kind == "message"
    assert "111" in data["text"]


async def test_quick_exit_asks_the_page_to_delete_what_was_said(chat: ChatServer) -> None:
    session = await chat.session()
    (first, *_) = await chat.send(session, "m1", text="bố đánh em hoài, em sợ")
    (harmless,) = await chat.send(session, "m2", choice="exit")
    assert "111" not in harmless["text"]
    ((kind, _, data),) = await chat.events(session, 1)
    assert kind == "delete"
    assert first["id"] in data["ids"]
    assert harmless["id"] not in data["ids"]


async def test_the_stream_is_of_its_own_session_only(chat: ChatServer) -> None:
    session = await chat.shared_case()
    await chat.player.take_next()
    other = await chat.session()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await chat.events(other, 1)
    assert len(await chat.events(session, 1)) == 1


# --- its description -----------------------------------------------------------------------------------------------


async def described(chat: ChatServer) -> Any:
    async with chat.browser.get(chat.url("/chat/api/openapi.json")) as answer:
        assert answer.status == 200
        return await answer.json()


async def test_real_answers_are_as_described(chat: ChatServer) -> None:
    api = await described(chat)
    session = await chat.shared_case()
    await chat.player.take_next()
    await chat.player.counsellor_says("Cô đây")
    answers = {
        ("/chat/api/messages", "200"): {"replies": await chat.send(await chat.session(), "m1", text="bố đánh em hoài")},
        ("/chat/api/messages", "404"): (await chat.post({"session": "x" * 22, "id": "m", "text": ""}))[1],
        ("/chat/api/messages", "422"): (await chat.post(b"{"))[1],
        ("/chat/api/sessions", "200"): {"session": await chat.session()},
    }
    for (path, status), answer in answers.items():
        _validate(api, api["paths"][path]["post"]["responses"][status], answer)
    for _, _, data in await chat.events(session, 2):
        _validate(api, {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReplyBody"}}}}, data)


async def test_every_path_of_the_description_is_there(chat: ChatServer) -> None:
    for path, verbs in (await described(chat))["paths"].items():
        for verb in verbs:
            async with chat.browser.request(verb, chat.url(path)) as answer:
                assert answer.status in {200, 404, 422}
                assert str(answer.status) in verbs[verb]["responses"]


def _validate(api: Any, response: Any, answer: Any) -> None:
    _check(api, response["content"]["application/json"]["schema"], answer)


def _check(api: Any, schema: Any, value: Any) -> None:
    """Hold a value against the part of JSON Schema that the description uses."""
    if "$ref" in schema:
        schema = api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        kinds = {kind.get("type") for kind in schema["anyOf"]}
        assert ("null" if value is None else _KINDS[type(value)]) in kinds
        return
    assert _KINDS[type(value)] == schema["type"]
    if schema["type"] == "object":
        assert set(schema.get("required", ())) <= set(value) <= set(schema["properties"])
        for name, inner in value.items():
            _check(api, schema["properties"][name], inner)
    for item in value if schema["type"] == "array" else ():
        _check(api, schema["items"], item)
    if "pattern" in schema:
        assert re.search(schema["pattern"], value)


_KINDS: dict[type, str] = {dict: "object", list: "array", str: "string"}
