"""The client of a Rasa server, against a real one on loopback that answers as Rasa 3.6 does, and misbehaves."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from typer.testing import CliRunner

from bot import metrics
from bot.cli import app as commands
from bot.playback import Player, player
from bot.rasa import FAILURES, REST_SECONDS, RasaClient, RasaError, rasa_client
from bot.settings import Settings, SettingsError, load_settings
from content.library import Content
from nlu.listener import Listener
from store import inbox
from store.tables import inbox as inbox_table
from store.tables import outbox
from tests.postgres import Postgres

pytest_plugins = ("tests.store.databases",)
CANARY = "bố đánh em 0912345678"
TOKEN = "a-token-nobody-may-read"
Misdeed = Callable[[web.Request], Awaitable[web.StreamResponse]]


def parsed(text: str, *labels: tuple[str, float], entities: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """What Rasa 3.6 answers: its copy of the text, the intent, every label's confidence, tokens."""
    ranking = [{"name": name, "confidence": confidence} for name, confidence in labels]
    return {
        "text": text, "intent": ranking[0], "entities": list(entities), "text_tokens": [[0, len(text)]],
        "intent_ranking": ranking,
    }  # fmt: skip


@dataclass(slots=True)
class RasaServer:
    """`/model/parse` of Rasa 3.6: a token in the query, errors as JSON; `misdeed` answers instead of it."""

    labels: tuple[tuple[str, float], ...] = (("learn+scam", 0.9), ("chitchat", 0.1))
    entities: tuple[dict[str, Any], ...] = ()
    misdeed: Misdeed | None = None
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def parse(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("token") != TOKEN:
            error = {"version": "3.6.21", "status": "failure", "reason": "NotAuthenticated", "code": 401}
            return web.json_response(error, status=401)
        text = (await request.json())["text"]
        self.asked.append(text)
        if self.misdeed is not None:
            return await self.misdeed(request)
        return web.json_response(parsed(text, *self.labels, entities=self.entities))


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("KHIEN_") or name == "TELEGRAM_TOKEN":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def rasa() -> AsyncIterator[RasaServer]:
    server = RasaServer()
    app = web.Application()
    app.router.add_post("/model/parse", server.parse)
    async with TestServer(app) as running:
        server.url = str(running.make_url("/")).rstrip("/")
        yield server


def settings(url: str, token: str | None = TOKEN, **others: Any) -> Settings:
    return load_settings(nlu_engine="rasa", rasa_url=url, rasa_token=token, **others)


@contextlib.asynccontextmanager
async def asking(url: str, token: str | None = TOKEN, **others: Any) -> AsyncIterator[RasaClient]:
    async with rasa_client(settings(url, token, **others)) as client:
        assert client is not None
        yield client


@pytest.fixture
async def client(rasa: RasaServer) -> AsyncIterator[RasaClient]:
    # A busy machine may take its time: only what is meant to be slow is slow.
    async with asking(rasa.url, rasa_timeout_ms=1000) as opened:
        yield opened


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[Any]]:
    """Every line that is logged, ours and the libraries' on their most talkative level."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as entries:
        yield entries


def counted(outcome: str) -> float:
    value: float = metrics.RASA_ASKED.labels(outcome=outcome)._value.get()
    return value


def nobody() -> str:
    """Return an address at which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


# --- how a server can misbehave ------------------------------------------------------------------------------------


async def slow(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.json_response(parsed(CANARY, ("learn", 0.9)))


async def drips(request: web.Request) -> web.StreamResponse:
    """A byte now and then: no pause is long, and no answer ever comes."""
    response = web.StreamResponse()
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.05)
    return response


async def fails(_request: web.Request) -> web.StreamResponse:
    message = f"An unexpected error occurred. Error: {CANARY}"
    return web.json_response({"version": "3.6.21", "status": "failure", "message": message, "code": 500}, status=500)


async def no_json(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=f"<html>{CANARY}".encode())


async def no_utf8(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"\xff\xfe" + CANARY.encode())


async def other_json(_request: web.Request) -> web.StreamResponse:
    return web.json_response([{"recipient_id": "default", "text": CANARY}])


async def deep(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"[" * 100_000)


async def huge(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=json.dumps(parsed("a" * 400_000, ("learn", 0.9))).encode())


async def zipped(_request: web.Request) -> web.StreamResponse:
    """Some kilobytes that become megabytes."""
    response = web.Response(body=b" " * 2_000_000)
    response.enable_compression(web.ContentCoding.gzip)
    return response


async def cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"intent": ')
    assert request.transport is not None
    request.transport.abort()
    return response


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def elsewhere(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPTemporaryRedirect("/stolen")


MISDEEDS = [
    (slow, "slow"), (drips, "slow"), (fails, "failed"), (no_json, "garbled"), (no_utf8, "garbled"),
    (other_json, "garbled"), (deep, "garbled"), (huge, "garbled"), (zipped, "garbled"), (cut, "garbled"),
    (hangs_up, "gone"), (elsewhere, "failed"),
]  # fmt: skip


# --- asking --------------------------------------------------------------------------------------------------------


async def test_an_answer_is_read_with_its_offsets_in_the_text_as_sent(rasa: RasaServer, client: RasaClient) -> None:
    rasa.entities = ({"entity": "relation", "start": 0, "end": 2, "value": "father", "extractor": "DIETClassifier"},)
    before = counted("answered")
    answer = await client.ask("  ba em hỏi về lừa đảo ")
    assert rasa.asked == ["ba em hỏi về lừa đảo"]
    assert answer is not None
    assert (answer.intent, answer.topic, answer.confidence) == ("learn", "scam", 0.9)
    assert [(entity.start, entity.end, entity.text) for entity in answer.entities] == [(2, 4, "ba")]
    assert counted("answered") == before + 1


@pytest.mark.parametrize("text", ["", "  \n", "/", "// /"])
async def test_where_there_is_nothing_to_ask_nothing_is_sent(rasa: RasaServer, client: RasaClient, text: str) -> None:
    assert await client.ask(text) is None
    assert rasa.asked == []


async def test_several_texts_are_asked_about_side_by_side_and_each_once(rasa: RasaServer, client: RasaClient) -> None:
    answers = await client.ask_all(["một", "hai", "một"])
    assert list(answers) == ["một", "hai"]
    assert sorted(rasa.asked) == ["hai", "một"]


@pytest.mark.parametrize(("misdeed", "kind"), MISDEEDS)
async def test_a_server_that_misbehaves_costs_a_moment_and_no_more(
    rasa: RasaServer, client: RasaClient, misdeed: Misdeed, kind: str
) -> None:
    rasa.misdeed = misdeed
    before, started = counted(kind), time.perf_counter()
    assert await client.ask(CANARY) is None
    assert time.perf_counter() - started < 10
    assert counted(kind) == before + 1
    rasa.misdeed = None
    assert await client.ask("học về lừa đảo") is not None


async def test_the_time_out_is_the_one_that_is_set(rasa: RasaServer) -> None:
    rasa.misdeed = slow
    async with asking(rasa.url, rasa_timeout_ms=50) as client:
        started = time.perf_counter()
        assert await client.ask(CANARY) is None
        assert 0.04 < time.perf_counter() - started < 5


@pytest.mark.parametrize("token", [None, "another", ""])
async def test_a_wrong_token_is_told_from_other_failures(rasa: RasaServer, token: str | None) -> None:
    before = counted("refused")
    async with asking(rasa.url, token) as client:
        assert await client.ask(CANARY) is None
    assert counted("refused") == before + 1
    assert rasa.asked == []


async def test_nobody_there() -> None:
    before = counted("gone")
    async with asking(nobody()) as client:
        assert await client.ask(CANARY) is None
    assert counted("gone") == before + 1


async def test_a_path_before_the_api_is_kept() -> None:
    server = RasaServer()
    app = web.Application()
    app.router.add_post("/nlu/model/parse", server.parse)
    async with TestServer(app) as running, asking(str(running.make_url("/nlu/"))) as client:
        assert await client.ask("chào") is not None


# --- resting -------------------------------------------------------------------------------------------------------


async def test_after_three_failures_in_a_row_it_rests_and_then_one_tries_again(
    rasa: RasaServer, client: RasaClient, logged: list[Any]
) -> None:
    now = [1000.0]
    client.monotonic = lambda: now[0]
    rasa.misdeed = fails
    for _ in range(FAILURES - 1):
        await client.ask("a")
    rasa.misdeed = None
    await client.ask("a good answer begins the count anew")
    rasa.misdeed = fails
    for _ in range(FAILURES):
        await client.ask("a")
    asked, before = len(rasa.asked), counted("resting")
    now[0] += REST_SECONDS - 1
    assert await client.ask_all(["a", "b"]) == {"a": None, "b": None}
    assert len(rasa.asked) == asked
    assert counted("resting") == before + 2
    now[0] += 2
    await client.ask_all(["a", "b", "c"])
    assert len(rasa.asked) == asked + 1
    now[0] += REST_SECONDS + 1
    rasa.misdeed = None
    assert await client.ask("a") is not None
    assert await client.ask("a") is not None
    assert [entry["event"] for entry in logged] == ["rasa_rests", "rasa_is_back"]
    assert (logged[0]["log_level"], logged[0]["kind"], logged[0]["seconds"]) == ("error", "failed", REST_SECONDS)


# --- secrecy -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("misdeed", [misdeed for misdeed, _ in MISDEEDS])
async def test_no_error_and_no_log_holds_the_words_or_the_token(
    rasa: RasaServer, client: RasaClient, misdeed: Misdeed, logged: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    rasa.misdeed = misdeed
    with pytest.raises(RasaError) as error:
        await client.parse(CANARY)
    for _ in range(FAILURES + 1):
        await client.ask(CANARY)
    # The server of this test is no part of the product; what it logs about itself is not ours.
    ours = [record.getMessage() for record in caplog.records if record.name not in {"aiohttp.server", "aiohttp.access"}]
    seen = "".join([*traceback.format_exception(error.value), repr(error.value.__context__), *ours, repr(logged)])
    assert len(logged) == 1
    assert TOKEN not in seen
    assert "0912345678" not in seen
    assert "bố đánh em" not in seen


async def test_the_words_go_to_that_server_only(rasa: RasaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the environment and no redirect is followed."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, nobody())
    async with asking(rasa.url) as client:
        assert await client.ask("chào") is not None
        rasa.misdeed = elsewhere
        assert await client.ask(CANARY) is None
    assert rasa.asked == ["chào", CANARY]


# --- whole turns ---------------------------------------------------------------------------------------------------


def with_rasa(person: Player, client: RasaClient) -> Player:
    person.worker = replace(person.worker, rasa=client)
    return person


async def test_a_turn_takes_intent_and_topic_from_rasa(person: Player, rasa: RasaServer, client: RasaClient) -> None:
    with_rasa(person, client)
    await person.press("role.child")
    await person.press("band.11-14")
    shown = await person.say("hôm nay trời đẹp ghê")
    assert "learn.scam" in shown[0].choices
    assert rasa.asked == ["hôm nay trời đẹp ghê"]


async def test_a_disclosure_is_heard_whatever_rasa_says(person: Player, client: RasaClient) -> None:
    shown = await with_rasa(person, client).say("bố đánh em hoài, em sợ")
    assert shown[0].message_id == "disclosure.self"


async def test_rasas_disclose_brings_the_gentle_question(person: Player, rasa: RasaServer, client: RasaClient) -> None:
    rasa.labels = (("disclose", 0.95), ("chitchat", 0.05))
    with_rasa(person, client)
    await person.press("role.child")
    await person.press("band.11-14")
    assert [message.message_id for message in await person.say("hôm nay trời đẹp ghê")] == ["about.ask"]


@pytest.mark.parametrize("misdeed", [slow, fails, no_json, hangs_up])
async def test_a_child_is_answered_though_rasa_misbehaves(
    person: Player, rasa: RasaServer, client: RasaClient, misdeed: Misdeed
) -> None:
    rasa.misdeed = misdeed
    shown = await with_rasa(person, client).say("bố đánh em hoài, em sợ")
    assert shown[0].message_id == "disclosure.self"


async def test_a_child_is_answered_though_rasa_is_gone(person: Player, logged: list[Any]) -> None:
    async with asking(nobody()) as client:
        with_rasa(person, client)
        assert [message.message_id for message in await person.say("chào bạn")] == ["onboarding.notice"]
        shown = [await person.say(f"{CANARY} {number}") for number in range(4)]
    assert shown[0][0].message_id in {"disclosure.self", "about.ask"}
    assert all(shown)
    assert [entry["event"] for entry in logged] == ["rasa_rests"]
    assert "0912345678" not in repr(logged)


async def test_a_burst_is_asked_about_as_it_is_answered(person: Player, rasa: RasaServer, client: RasaClient) -> None:
    shown = await with_rasa(person, client).say("chào bạn", "mình tên Na")
    assert rasa.asked == ["chào bạn\nmình tên Na"]
    assert len(shown) == 1


async def take_in(person: Player, text: str, address: str = "player") -> None:
    """Store one more message without running turns."""
    message = replace(person.message(text=text), address=address)
    async with person.database.transaction() as unit:
        await inbox.take_in(
            unit,
            person.vault,
            channel=person.channel,
            address=message.address,
            external_id=message.external_id,
            body=message.body(),
            now=person.clock.now(),
        )


async def test_others_may_write_while_rasa_is_asked_and_what_came_in_meanwhile_is_asked_about_too(
    person: Player, rasa: RasaServer, client: RasaClient
) -> None:
    async def more(_request: web.Request) -> web.StreamResponse:
        rasa.misdeed = None
        async with asyncio.timeout(0.8):
            await take_in(person, "bố đánh em hoài", address="another")
            await take_in(person, "bố đánh em hoài")
        return web.json_response(parsed("…", ("chitchat", 0.9)))

    rasa.misdeed = more
    shown = await with_rasa(person, client).say("chào")
    assert rasa.asked == ["chào", "chào\nbố đánh em hoài", "bố đánh em hoài"]
    assert [message.message_id for message in shown] == ["disclosure.self"]


async def test_a_batch_that_keeps_growing_is_read_without_rasa(
    person: Player, rasa: RasaServer, client: RasaClient
) -> None:
    async def grows(_request: web.Request) -> web.StreamResponse:
        await take_in(person, "thêm nữa")
        return web.json_response(parsed("…", ("learn", 0.9)))

    rasa.misdeed = grows
    with_rasa(person, client)
    await take_in(person, "chào")
    await person.worker.turns()
    assert [asked.count("\n") for asked in rasa.asked] == [0, 1]
    assert await person.shown()


async def pending(person: Player) -> bool:
    async with person.database.reading() as unit:
        return (await unit.execute(select(inbox_table).where(inbox_table.c.status != "done"))).first() is not None


async def test_workers_on_postgresql_share_the_work_and_leave_nothing(
    postgres: Postgres, content: Content, listener: Listener, rasa: RasaServer, client: RasaClient
) -> None:
    texts = {f"học về lừa đảo {number}" for number in range(12)}
    async with player(content=content, listener=listener, database_url=postgres.fresh("rasa")) as person:
        with_rasa(person, client)
        for number, text in enumerate(sorted(texts)):
            await take_in(person, text, address=f"person-{number}")

        async def work() -> None:
            while await pending(person):
                await person.worker.turns()
                await asyncio.sleep(0.01)

        async with asyncio.timeout(60):
            await asyncio.gather(*(work() for _ in range(4)))
        async with person.database.reading() as unit:
            said = (await unit.execute(select(outbox))).all()
    assert len({row.conversation_id for row in said}) == 12
    assert set(rasa.asked) <= texts  # a text may go unasked where another worker took its turn twice
    assert len(set(rasa.asked)) >= len(texts) // 2


# --- what may be asked, and what the operator is told ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "token", "word"),
    [
        ("http://127.0.0.1:5005", None, None),
        ("http://localhost:5005/", None, None),
        ("http://[::1]:5005", None, None),
        ("http://127.8.8.8", None, None),
        ("https://rasa.example", TOKEN, None),
        ("https://rasa.example/nlu", TOKEN, None),
        ("https://rasa.example", None, "KHIEN_RASA_TOKEN"),
        ("https://rasa.example", "", "KHIEN_RASA_TOKEN"),
        ("http://rasa.example", TOKEN, "KHIEN_RASA_URL"),
        ("http://192.168.1.9:5005", TOKEN, "KHIEN_RASA_URL"),
        ("http://0.0.0.0:5005", TOKEN, "KHIEN_RASA_URL"),
        ("http://127.0.0.1.evil.example", TOKEN, "KHIEN_RASA_URL"),
        ("http://evil.example/127.0.0.1", TOKEN, "KHIEN_RASA_URL"),
        ("http://localhost@evil.example", TOKEN, "KHIEN_RASA_URL"),
        ("http://127.0.0.1\\@evil.example", TOKEN, "KHIEN_RASA_URL"),
        ("http://127.0.0.1#@evil.example", TOKEN, "KHIEN_RASA_URL"),
        ("http://127.0.0.1:5005/?token=x", TOKEN, "KHIEN_RASA_URL"),
        ("ftp://127.0.0.1", TOKEN, "KHIEN_RASA_URL"),
        ("127.0.0.1:5005", TOKEN, "KHIEN_RASA_URL"),
        ("http://127.0.0.1\n", TOKEN, "KHIEN_RASA_URL"),
    ],
)
def test_words_leave_this_machine_only_by_https_with_a_token(
    monkeypatch: pytest.MonkeyPatch, url: str, token: str | None, word: str | None
) -> None:
    monkeypatch.setenv("KHIEN_NLU_ENGINE", "rasa")
    monkeypatch.setenv("KHIEN_RASA_URL", url)
    if token is not None:
        monkeypatch.setenv("KHIEN_RASA_TOKEN", token)
    if word is None:
        assert load_settings().rasa_url == url.rstrip("/")
        return
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value).startswith(f"{word}: ")
    assert "khien doctor" in str(error.value)
    assert TOKEN not in str(error.value)
    ran = CliRunner().invoke(commands, ["doctor", "--json"])
    assert ran.exit_code == 1
    assert [finding["words"].split(":")[0] for finding in json.loads(ran.output)] == [word]


def test_without_the_engine_its_address_matters_not() -> None:
    assert load_settings(rasa_url="http://rasa.example").nlu_engine == "spacy"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("KHIEN_NLU_ENGINE", "bert"), ("KHIEN_RASA_TIMEOUT_MS", "0"), ("KHIEN_RASA_TIMEOUT_MS", "60000")],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"^{variable}: "):
        load_settings()


def test_the_token_is_a_secret() -> None:
    assert TOKEN not in repr(settings("http://127.0.0.1:1"))


async def test_nothing_is_opened_where_ours_answers_alone() -> None:
    async with rasa_client(load_settings()) as client:
        assert client is None


async def doctor(monkeypatch: pytest.MonkeyPatch, url: str, token: str = TOKEN) -> tuple[str, str]:
    """Run the doctor beside the server; returns level and words about the engine."""
    for name, value in (("NLU_ENGINE", "rasa"), ("RASA_URL", url), ("RASA_TOKEN", token)):
        monkeypatch.setenv(f"KHIEN_{name}", value)
    ran = await asyncio.to_thread(CliRunner().invoke, commands, ["doctor", "--json"])
    (engine,) = [finding for finding in json.loads(ran.output) if finding["what"] == "engine"]
    assert engine["level"] == "ok" or ran.exit_code == 1
    assert token not in ran.output
    return engine["level"], engine["words"]


async def test_the_doctor_tells_how_rasa_answers(rasa: RasaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    level, words = await doctor(monkeypatch, rasa.url)
    assert level == "ok"
    assert rasa.url in words
    assert set(rasa.asked) == {"xin chào"}


@pytest.mark.parametrize(("misdeed", "word"), [(fails, "Rasa's own log"), (other_json, "KHIEN_RASA_URL")])
async def test_the_doctor_tells_what_to_do_about_a_bad_server(
    rasa: RasaServer, monkeypatch: pytest.MonkeyPatch, misdeed: Misdeed, word: str
) -> None:
    rasa.misdeed = misdeed
    level, words = await doctor(monkeypatch, rasa.url)
    assert level == "wrong"
    assert word in words
    assert CANARY not in words


async def test_the_doctor_tells_a_wrong_token_a_dead_server_and_a_slow_one(
    rasa: RasaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "KHIEN_RASA_TOKEN" in (await doctor(monkeypatch, rasa.url, "another"))[1]
    assert "serve.sh" in (await doctor(monkeypatch, nobody()))[1]
    monkeypatch.setenv("KHIEN_RASA_TIMEOUT_MS", "10")

    async def late(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.05)
        return web.json_response(parsed("…", ("greet", 0.9)))

    rasa.misdeed = late
    assert "KHIEN_RASA_TIMEOUT_MS" in (await doctor(monkeypatch, rasa.url))[1]
