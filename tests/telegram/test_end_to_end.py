"""The whole product on Telegram: `khien serve`, a Bot API server on loopback, and a counsellor at the staff API."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.channels.telegram.setup import WEBHOOK_PATH
from tests.postgres import Postgres, running_postgres
from tests.served import Served, served
from tests.served_people import JSON, Counsellor, until
from tests.telegram import faults
from tests.telegram.bot_api_server import BotApiServer
from tests.telegram.chats import Shown
from tests.telegram.updates import Delivery

pytestmark = pytest.mark.asyncio(loop_scope="module")

DISCLOSURE = "em bi danh o truong, ngay nao tui no cung chan duong danh em"
PATIENCE = 20.0
QUIET_SECONDS = 0.8  # how long nothing has to come, to say that nothing comes


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that runs."""

    product: Served
    server: BotApiServer
    counsellor: Counsellor


@dataclass(frozen=True, slots=True)
class Child:
    """One person's chat with the bot."""

    server: BotApiServer
    chat: int

    @property
    def screen(self) -> list[Shown]:
        return self.server.messages(self.chat)

    @property
    def answers(self) -> list[str]:
        return [shown.text for shown in self.screen if shown.from_bot]

    async def sees(self, words: str, *, after: int = 0, seconds: float = PATIENCE) -> Shown:
        """Wait for a message of the bot with these words, newer than the message `after`."""
        return await self.server.wait_for(
            self.chat, lambda shown: shown.message_id > after and words in shown.text, seconds
        )

    async def is_offered(self, choice: str) -> Shown:
        return await self.server.wait_for(self.chat, lambda shown: choice in shown.choices, PATIENCE)

    async def says(self, text: str) -> JSON:
        return await self.server.user_says(self.chat, text)

    async def presses(self, choice: str) -> None:
        await self.is_offered(choice)
        await self.server.user_presses(self.chat, choice)

    async def consents(self) -> None:
        """Tell, and agree that 111 reads it."""
        await self.says(DISCLOSURE)
        await self.presses("talk.now")
        await self.presses("consent.conversation.yes")
        await self.sees("đã chuyển chuyện của bạn")
        await self.is_offered("consent.nickname.yes")
        await asyncio.sleep(QUIET_SECONDS)


@contextlib.asynccontextmanager
async def house(folder: Path, database_url: str | None, public_url: str | None = None) -> AsyncIterator[House]:
    async with (
        BotApiServer() as server,
        served(
            folder,
            TELEGRAM_TOKEN=server.token,
            KHIEN_TELEGRAM_BASE_URL=server.url,
            KHIEN_DATABASE_URL=database_url,
            KHIEN_PUBLIC_URL=public_url,
        ) as product,
        Counsellor(product.url, await product.counsellor_token()) as counsellor,
    ):
        yield House(product=product, server=server, counsellor=counsellor)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def polled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One product on long polling for all tests of a database; every test has chats of its own."""
    database_url = request.getfixturevalue("postgres").fresh("polled") if request.param == "postgresql" else None
    async with house(tmp_path_factory.mktemp(request.param) / "house", database_url) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def home(polled: House) -> AsyncIterator[House]:
    yield polled
    assert polled.server.violations == []
    assert "Traceback" not in polled.product.output


_chats = iter(range(70_001, 80_000))


@pytest.fixture
def child(home: House) -> Child:
    return Child(home.server, next(_chats))


async def take(home: House) -> tuple[str, int]:
    case, lease = await home.counsellor.take_next()
    return case, lease


# --- the journey ---


async def test_from_hello_to_a_counsellor_and_back(home: House, child: Child) -> None:
    await child.says("chào bạn")
    await child.sees("chương trình máy")
    await child.presses("role.child")
    await child.presses("band.11-14")
    await child.is_offered("talk.now")
    await child.says("cho em làm quiz")
    await child.presses("quiz.cyberbullying")
    await child.is_offered("answer.1")
    await child.says(DISCLOSURE)
    await child.presses("safe.no")
    first = await child.sees("113")
    assert first.text.startswith("111 · 113")
    assert first.protected
    assert await home.counsellor.queue() == []
    await child.presses("talk.now")
    assert await home.counsellor.queue() == []
    await child.presses("consent.conversation.yes")
    await child.sees("đã chuyển chuyện của bạn")
    (entry,) = await home.counsellor.queue()
    assert (entry["urgency"], entry["band"], entry["channel"]) == ("emergency", "11-14", "telegram")
    case, lease = await take(home)
    await child.sees("Cô Lan của tổng đài 111")
    lines = (await home.counsellor.read(case))["lines"]
    told = next(line for line in lines if line["text"] == DISCLOSURE)
    assert told["evidence"]
    assert next(line["text"] for line in lines if line["author"] == "child") == DISCLOSURE
    assert not any("chào bạn" in line["text"] or "quiz" in line["text"] for line in lines)
    await asyncio.sleep(2.5)  # a chat that was just written to has to wait its turn: a message a second (Bots FAQ)
    began = await home.counsellor.writes(case, lease, "Chào em, cô là Lan. Em đang ở đâu?")
    shown = await child.sees("cô là Lan")
    took = time.monotonic() - began
    print(f"\ncounsellor's words on Telegram after {took * 1000:.0f} ms")
    assert took < 1
    assert shown.text.startswith("Cô Lan")
    assert "counsellor.end" in shown.choices
    before = len(child.answers)
    await child.says("dạ em ở nhà bà")

    async def heard() -> bool:
        return any(line["text"] == "dạ em ở nhà bà" for line in (await home.counsellor.read(case))["lines"])

    await until(heard)
    await asyncio.sleep(QUIET_SECONDS)
    assert len(child.answers) == before
    await home.counsellor.closes(case, lease)
    await child.sees("Giờ lại là mình")
    last = child.screen[-1].message_id
    await child.says("cho em làm quiz")
    await child.server.wait_for(
        child.chat, lambda shown: shown.message_id > last and "quiz.scam" in shown.choices, PATIENCE
    )
    assert await home.counsellor.queue() == []


async def test_a_refusal_reaches_nobody(home: House, child: Child) -> None:
    await child.says(DISCLOSURE)
    await child.presses("talk.now")
    await child.presses("consent.conversation.no")
    assert "111" in (await child.sees("không gửi cho ai")).text
    await asyncio.sleep(QUIET_SECONDS)
    assert await home.counsellor.queue() == []


# --- quick exit ---


async def test_exit_in_the_middle_of_the_contact(home: House, child: Child) -> None:
    await child.consents()
    case, lease = await take(home)
    await child.sees("Cô Lan của tổng đài 111")
    await home.counsellor.writes(case, lease, "Chào em, cô là Lan.")
    await child.sees("cô là Lan")
    await child.says("dạ")
    await child.says("/thoat")

    async def cleared() -> bool:
        return len(child.screen) == 1

    await until(cleared)
    left = child.screen[0]
    assert left.from_bot
    assert "111" not in left.text
    assert "Lan" not in left.text
    await home.counsellor.writes(case, lease, "Em còn đó không?")

    async def held() -> bool:
        return any(line["delivery"] is None and "còn đó" in line["text"] for line in await _lines(home, case))

    await until(held)
    await asyncio.sleep(QUIET_SECONDS)
    assert child.screen == [left]
    await child.says("/111")
    await child.sees("Em còn đó không?")
    await home.counsellor.closes(case, lease)
    await child.sees("Giờ lại là mình")


async def _lines(home: House, case: str) -> list[JSON]:
    lines: list[JSON] = (await home.counsellor.read(case))["lines"]
    return lines


@pytest.mark.parametrize(
    "burst", [(DISCLOSURE, "/thoat"), ("/111", "thoát"), (DISCLOSURE, "cứu em với", "em sợ lắm", "thoát nhanh")]
)
async def test_exit_clears_the_childs_own_words_too(home: House, child: Child, burst: tuple[str, ...]) -> None:
    await child.says("chào bạn")
    await child.is_offered("role.child")
    for text in burst:
        await child.says(text)

    async def cleared() -> bool:
        return [shown.text for shown in child.screen if not shown.from_bot] == [] and len(child.screen) == 1

    with contextlib.suppress(TimeoutError):
        await until(cleared, seconds=8)
    assert [shown.text for shown in child.screen if not shown.from_bot] == []
    assert len(child.answers) == 1
    assert "111" not in child.answers[0]
    assert await home.counsellor.queue() == []


# --- what a person may send ---


async def test_an_edited_message_is_heard(home: House, child: Child) -> None:
    await child.says("chào bạn")
    await child.is_offered("role.child")
    said = await child.says("hôm nay em đi học")
    await asyncio.sleep(QUIET_SECONDS)
    await home.server.edit(child.chat, said["message"]["message_id"], DISCLOSURE)
    shown = await child.is_offered("safe.no")
    assert "111" in shown.text


async def test_a_child_sees_that_it_is_being_answered(home: House, child: Child) -> None:
    await child.says("chào bạn")

    async def shown() -> bool:
        return {"chat_id": child.chat, "action": "typing"} in home.server.calls_of("sendChatAction")

    await until(shown)


async def test_a_picture_is_never_fetched(home: House, child: Child) -> None:
    await child.says("chào bạn")
    await child.is_offered("role.child")
    await home.server.user_sends_photo(child.chat, caption=DISCLOSURE)
    shown = await child.is_offered("safe.no")
    assert "111" in shown.text
    await child.sees("ảnh", after=0)
    sticker = {"file_id": "S", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}
    answered = len(child.answers)
    await home.server.user_sends(child.chat, sticker=sticker | {"is_animated": False, "is_video": False})

    async def replied() -> bool:
        return len(child.answers) > answered

    await until(replied)
    assert child.chat not in {values["chat_id"] for values in home.server.calls_of("sendPhoto")}
    assert {call.method for call in home.server.calls} <= {
        "getMe", "getUpdates", "sendMessage", "sendPhoto", "answerCallbackQuery", "deleteMessage", "deleteMessages",
        "sendChatAction", "setMyCommands", "deleteWebhook",
    }  # fmt: skip


async def test_ten_thousand_characters_are_read_to_the_end(child: Child) -> None:
    await child.says("em kể chuyện con mèo của em. " * 345 + "bố em đánh em đau lắm, tối nào bố say cũng đánh")
    assert "111" in (await child.is_offered("safe.no")).text


async def test_the_same_update_twice_is_one_message(home: House, child: Child) -> None:
    update = await child.says("chào bạn")
    home.server.deliver(update)
    await child.is_offered("role.child")
    home.server.deliver(update)
    await child.says("học sinh")
    await child.is_offered("band.11-14")
    await asyncio.sleep(QUIET_SECONDS)
    assert len(child.answers) == 2


# --- when Telegram misbehaves ---


async def test_passing_failures_cost_nothing(home: House) -> None:
    for fault in (faults.flood(1), faults.status(500), faults.bad_gateway(), faults.cut()):
        home.server.fail_next("sendMessage", fault)
        home.server.fail_next("getUpdates", fault)
    children = [Child(home.server, next(_chats)) for _ in range(4)]
    for one in children:
        await one.says("chào bạn")
    for one in children:
        await one.is_offered("role.child")
        await one.says("học sinh")
    for one in children:
        await one.is_offered("band.11-14")
        assert len(one.answers) == 2


async def test_a_person_who_blocked_the_bot_holds_up_nobody(home: House, child: Child) -> None:
    await child.consents()
    case, lease = await take(home)
    await child.sees("Cô Lan của tổng đài 111")
    await home.server.block(child.chat)
    await home.counsellor.writes(case, lease, "Em ơi?")

    async def known() -> bool:
        return any(line["delivery"] == "parked" for line in await _lines(home, case))

    await until(known)
    other = Child(home.server, next(_chats))
    await other.says(DISCLOSURE)
    await other.is_offered("safe.no")
    home.server.chats.blocked.discard(child.chat)
    await home.counsellor.writes(case, lease, "Cô vẫn ở đây.")
    await child.sees("Cô vẫn ở đây.")
    await home.counsellor.closes(case, lease)
    await child.sees("Giờ lại là mình")


async def test_one_slow_chat_does_not_keep_another_child_waiting(home: House, child: Child) -> None:
    """A safety message must not stand behind somebody else's: section 6, rule 1."""
    other = Child(home.server, next(_chats))
    home.server.fail_next("sendMessage", faults.answer_late(5))
    await child.says("chào bạn")
    await asyncio.sleep(0.5)
    began = time.monotonic()
    await other.says(DISCLOSURE)
    await other.is_offered("safe.no")
    took = time.monotonic() - began
    print(f"\nanother child's help beside a hanging send after {took * 1000:.0f} ms")
    assert took < 3


async def test_a_chatty_child_does_not_slow_another_one_down(home: House, child: Child) -> None:
    """A chat gets one message a second; those of the others are not to wait for that."""
    for number in range(9):
        await child.says(f"chào bạn lần {number}")
        await asyncio.sleep(0.1)
    other = Child(home.server, next(_chats))
    began = time.monotonic()
    await other.says(DISCLOSURE)
    await other.is_offered("safe.no")
    took = time.monotonic() - began
    print(f"\nanother child's help beside a chatty one after {took * 1000:.0f} ms")
    assert took < 3


# --- by webhook ---


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_by_webhook(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    database_url = request.getfixturevalue("postgres").fresh("webhook") if database == "postgresql" else None
    async with house(tmp_path / "house", database_url, "https://khien.example") as home:
        server, child = home.server, Child(home.server, next(_chats))

        async def told() -> str:
            return server.updates.url

        address = await until(told)
        assert address == f"https://khien.example{WEBHOOK_PATH}"
        secret = server.updates.secret
        assert secret is not None
        local = f"{home.product.url}{WEBHOOK_PATH}"
        assert local.removeprefix(home.product.url) == address.removeprefix("https://khien.example")
        async with aiohttp.ClientSession() as stranger:
            for given in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
                async with stranger.post(local, json={"update_id": 1}, headers=given) as response:
                    assert response.status == 401
        server.updates.set_webhook(local, secret)
        hello = await child.says("chào bạn")
        await child.presses("role.child")
        server.deliver(hello)
        await child.presses("band.11-14")
        await child.is_offered("talk.now")
        await asyncio.sleep(QUIET_SECONDS)
        assert len(child.answers) == 3
        assert len([one for one in server.updates.deliveries if one.update_id == hello["update_id"]]) == 2
        other = Child(server, next(_chats))
        await other.consents()
        case, lease = await take(home)
        await other.sees("Cô Lan của tổng đài 111")
        await asyncio.sleep(1.5)
        began = await home.counsellor.writes(case, lease, "Chào em, cô là Lan.")
        await other.sees("cô là Lan")
        took = time.monotonic() - began
        print(f"\ncounsellor's words on Telegram after {took * 1000:.0f} ms ({database}, webhook)")
        assert took < 1
        assert all(one.status == 200 for one in server.updates.deliveries), _refused(server.updates.deliveries)
        assert server.violations == []
        assert server.calls_of("getUpdates") == []


def _refused(deliveries: list[Delivery]) -> list[Delivery]:
    return [one for one in deliveries if one.status != 200]
