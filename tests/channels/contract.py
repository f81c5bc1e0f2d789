"""What every messenger has to do, whatever it can: one class of tests, and what a messenger gives to be tried by it.

A channel's own module makes an `Adapter` (its loopback server, and how a person uses it) and a class

    class TestTelegram(Contract):
        adapter = staticmethod(TelegramAdapter)

The product is the real one, put together as `khien serve` does it; only its loops are turned by hand (`House.rest`), so
that nothing depends on waiting, and its clock can be moved.
"""

import asyncio
import contextlib
import functools
import itertools
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol
from unicodedata import normalize

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.again import Again
from bot.channels import away
from bot.channels.joining import Joining
from bot.channels.port import Channel, OutgoingChoice, OutgoingMessage, Received
from bot.main import Product
from bot.opening import opened
from bot.playback import Player
from bot.sender import Sender
from bot.settings import Settings
from content.channels import channel_named, units
from content.library import Content
from content.schema import Audience
from escalation.tables import alert
from nlu.listener import Listener
from store import conversations
from store.clock import MovableClock
from store.outbox import outbox_place
from store.tables import inbox, outbox
from store.vault import Vault
from tests.bot.moments import our_content

CANARIES = ("Lan Canary", "84900000042", "canary.jpg")
"""Name, phone and file of whoever writes: an adapter puts them wherever its messenger puts such things."""
TELLING = "bố con đánh con đau lắm, tối nào bố say cũng đánh"
SAFETY = ("safe.yes", "safe.no", "talk.now", "talk.later", "exit")
PATIENCE_SECONDS = 60.0  # what takes milliseconds may take long on a busy machine
Refusal = Literal["permanent", "passing"]
_people = itertools.count(70_001)
_AUDIENCES: tuple[Audience, ...] = ("unknown", "6-10", "11-14", "15-17", "parent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message on a person's screen that came from us. `choices` are the ids behind its buttons."""

    text: str
    choices: tuple[str, ...] = ()


class Adapter(Protocol):
    """A messenger's loopback server, and its people."""

    name: str

    @property
    def problems(self) -> list[str]:
        """Return everything that the server has found wrong with what it was asked."""
        ...

    async def open(self) -> dict[str, Any]:
        """Start the server; returns the settings with which the product reaches it, by the fields' names."""
        ...

    async def close(self) -> None:
        """Stop the server."""
        ...

    def join(self, joining: Joining) -> list[web.RouteDef]:
        """Join the messenger as `bot.main` does; what waits on purpose may be told not to."""
        ...

    async def joined(self, url: str) -> None:
        """Return once the messenger can bring messages; `url` is where the product listens."""
        ...

    async def deliver(
        self, person: str, *, text: str | None = None, choice: str | None = None, attachment: bool = False
    ) -> None:
        """Let a person write, press the newest button of this choice, or send a picture (with words, where both).

        Returns once the product has answered the messenger, whether it has stored the message or not.
        """
        ...

    async def repeat(self, person: str) -> None:
        """Bring the person's last message once more, as the messenger does when it doubts."""
        ...

    def sent(self, person: str) -> list[Shown]:
        """Return what stands on the person's screen from us, oldest first."""
        ...

    def refuse_next(self, kind: Refusal) -> None:
        """Let the next message to anybody be refused: for ever, or for now."""
        ...


@functools.cache
def _listener() -> Listener:
    return Listener.load()


@dataclass(slots=True, kw_only=True)
class House:
    """The product on one messenger."""

    product: Product
    adapter: Adapter
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    is_broken: bool = False  # nothing can be stored
    taken: list[Received] = field(default_factory=list)

    @property
    def vault(self) -> Vault:
        return self.product.vault

    @property
    def channel(self) -> Channel:
        return self.product.channels[self.adapter.name]

    async def ingest(self, channel: str, received: Received) -> None:
        """Store a message as the product does, or fail as its database does."""
        assert channel == self.adapter.name
        if self.is_broken:
            raise ConnectionError
        await self.product.ingest(channel, received)
        self.taken.append(received)

    def player(self, person: str) -> Player:
        """Return somebody who plays the counsellor of this person."""
        assert isinstance(self.product.clock, MovableClock)
        return Player(worker=self.product.worker, clock=self.product.clock, channel=self.adapter.name, address=person)

    async def rest(self, after: float = 0) -> None:
        """Let so many seconds pass, then do everything that is due."""
        assert isinstance(self.product.clock, MovableClock)
        self.product.clock.advance(after)
        worker = self.product.worker
        sender = Sender(
            database=self.product.database,
            vault=self.vault,
            clock=self.product.clock,
            channels=self.product.channels,
        )
        busy = True
        while busy:
            steps = (worker.turns, worker.ring, worker.watch, Again(worker=worker).read, sender.send)
            busy = any([await step() for step in steps])

    async def rows(self, table: Any, person: str) -> list[Any]:
        """Return the rows of a person's conversation."""
        async with self.product.database.reading() as unit:
            held = await conversations.find(unit, self.vault, self.adapter.name, person)
            if held is None:
                return []
            found = await unit.execute(select(table).where(table.c.conversation_id == held.id))
            return list(found.all())


@contextlib.asynccontextmanager
async def house(folder: Path, adapter: Adapter) -> AsyncIterator[House]:
    """Open the product on a messenger, and close both again."""
    settings = Settings(data_dir=folder, **await adapter.open())
    stop = asyncio.Event()
    try:
        async with opened(settings) as (database, vault), contextlib.AsyncExitStack() as stack:
            content: Content = our_content()
            product = Product(
                settings=settings,
                database=database,
                vault=vault,
                content=content,
                listener=_listener(),
                clock=MovableClock(),
            )
            home = House(product=product, adapter=adapter, stop=stop)
            routes = adapter.join(
                Joining(
                    settings=settings,
                    database=database,
                    vault=vault,
                    clock=product.clock,
                    ingest=home.ingest,
                    sorry=content.say("error.away", "unknown").strip(),
                    is_choice=content.is_choice,
                    channels=product.channels,
                    stack=stack,
                    stop=stop,
                )
            )
            await adapter.joined(await _listening(stack, routes))
            yield home
            stop.set()
    finally:
        stop.set()
        await adapter.close()


async def _listening(stack: contextlib.AsyncExitStack, routes: list[web.RouteDef]) -> str:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


async def until(is_so: Callable[[], bool], step: Callable[[], Any] | None = None) -> None:
    """Wait until something holds that nothing announces."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():
            await asyncio.sleep(0.01)
            if step is not None:
                await step()


@dataclass(frozen=True, slots=True)
class Child:
    """A person of the tests."""

    house: House
    id: str

    @property
    def screen(self) -> list[Shown]:
        return self.house.adapter.sent(self.id)

    @property
    def texts(self) -> str:
        return "\n".join(shown.text for shown in self.screen)

    async def says(self, *texts: str) -> list[Shown]:
        """Write; returns what came of it."""
        before = len(self.screen)
        for text in texts:
            await self.house.adapter.deliver(self.id, text=text)
        await self.house.rest()
        return self.screen[before:]

    async def chooses(self, choice: str) -> list[Shown]:
        """Take a choice, by its button where there is one, else by the number before its words."""
        before, number = len(self.screen), self.number_of(choice)
        if any(choice in shown.choices for shown in self.screen):
            await self.house.adapter.deliver(self.id, choice=choice)
        else:
            assert number is not None, (choice, self.screen[-1])
            await self.house.adapter.deliver(self.id, text=number)
        await self.house.rest()
        return self.screen[before:]

    def number_of(self, choice: str) -> str | None:
        """Return the number that stands before a choice's words in the newest list."""
        content = self.house.product.content
        labels = {content.label(choice, audience) for audience in _AUDIENCES if content.is_choice(choice)}
        for shown in reversed(self.screen):
            for number, words in re.findall(r"^([0-9]{1,2})\. (.+)$", shown.text, re.MULTILINE):
                if words in labels:
                    return str(number)
        return None

    def is_offered(self, choice: str) -> bool:
        """Tell whether a choice can be taken, by button or by number."""
        return any(choice in shown.choices for shown in self.screen) or self.number_of(choice) is not None

    async def gets_acquainted(self) -> None:
        """Say who it is."""
        await self.says("chào bạn")
        await self.chooses("role.child")
        await self.chooses("band.11-14")

    async def agrees(self) -> None:
        """Tell, and agree that 111 reads it."""
        await self.says(TELLING)
        await self.chooses("talk.now")
        await self.chooses("consent.conversation.yes")
        assert "đã chuyển chuyện của bạn" in self.texts


class Contract:
    """The tests. A subclass sets `adapter`, which makes a fresh one."""

    adapter: Callable[[], Adapter]

    @pytest.fixture
    async def home(self, tmp_path: Path) -> AsyncIterator[House]:
        async with house(tmp_path, self.adapter()) as running:
            yield running
            assert running.adapter.problems == []

    @pytest.fixture
    def child(self, home: House) -> Child:
        return Child(home, str(next(_people)))

    # --- talking ---

    async def test_the_first_words_say_that_this_is_a_program(self, child: Child) -> None:
        shown = await child.says("chào bạn")
        assert "chương trình máy" in "\n".join(one.text for one in shown)
        assert all(child.is_offered(choice) for choice in ("role.child", "role.parent"))

    async def test_a_child_comes_from_hello_to_a_lesson(self, child: Child) -> None:
        await child.gets_acquainted()
        await child.chooses("learn")
        assert child.is_offered("learn.scam")
        assert await child.chooses("learn.scam")

    async def test_every_choice_on_offer_can_be_taken(self, home: House, child: Child) -> None:
        await child.gets_acquainted()
        await child.chooses("menu")
        rows = await home.rows(outbox, child.id)
        async with home.product.database.reading() as unit:
            held = await conversations.find(unit, home.vault, home.adapter.name, child.id)
        assert held is not None
        newest = max(rows, key=lambda row: row.seq)
        offered = [one["id"] for one in held.sealer.open(outbox_place(newest.seq), newest.body_sealed)["choices"]]
        assert len(offered) > 5
        assert [choice for choice in offered if not child.is_offered(choice)] == []

    async def test_the_same_message_twice_is_one(self, home: House, child: Child) -> None:
        shown = await child.says("chào bạn")
        await home.adapter.repeat(child.id)
        await home.rest()
        assert child.screen == shown
        assert len(await home.rows(inbox, child.id)) == 1

    async def test_a_burst_is_kept_in_its_order(self, home: House, child: Child) -> None:
        words = [f"con mèo của em thứ {number}" for number in range(8)]
        await child.says(*words)
        assert [received.text for received in home.taken] == words
        assert [row.seq for row in await home.rows(inbox, child.id)] == sorted(
            row.seq for row in await home.rows(inbox, child.id)
        )

    async def test_words_in_any_script_arrive_as_they_were_written(self, home: House, child: Child) -> None:
        words = 'Em sợ 😢👨‍👩‍👧 "lắm"\n\\n <b>x</b> ｈａ́ &amp; #khong-phai-nut'
        await child.says(words)
        assert [received.text for received in home.taken] == [words]

    # --- danger ---

    async def test_a_disclosure_is_answered_with_111_and_ways_on(self, child: Child) -> None:
        shown = await child.says(TELLING)
        assert "111" in "\n".join(one.text for one in shown)
        assert [choice for choice in SAFETY if not child.is_offered(choice)] == []

    async def test_quick_exit_shows_something_harmless(self, child: Child) -> None:
        await child.says(TELLING)
        shown = await child.says("thoát")
        assert shown or child.screen
        assert "111" not in "\n".join(one.text for one in shown)

    async def test_a_counsellors_words_arrive_with_the_name(self, home: House, child: Child) -> None:
        await child.agrees()
        player = home.player(child.id)
        await player.take_next()
        await home.rest()
        before = len(child.screen)
        await player.counsellor_says("Chào em, cô ở đây.")
        await home.rest()
        (said,) = child.screen[before:]
        assert said.text.startswith("Cô Lan")
        assert "Chào em, cô ở đây." in said.text
        await child.says("dạ em đang ở nhà bà")
        assert "dạ em đang ở nhà bà" in [line.text for line in (await player.read_case()).lines]

    async def test_a_bare_number_to_a_counsellor_stays_a_number(self, home: House, child: Child) -> None:
        await child.agrees()
        player = home.player(child.id)
        await player.take_next()
        await player.counsellor_says("Em học lớp mấy?")
        await home.rest()
        await child.says("2")
        assert [line.text for line in (await player.read_case()).lines][-1] == "2"

    # --- what goes wrong ---

    async def test_what_is_refused_for_ever_is_set_aside_and_the_counsellor_knows(
        self, home: House, child: Child
    ) -> None:
        await child.agrees()
        player = home.player(child.id)
        await player.take_next()
        await home.rest()
        home.adapter.refuse_next("permanent")
        await player.counsellor_says("Em ơi?")
        await home.rest()
        lines = (await player.read_case()).lines
        assert [line.delivery for line in lines if line.text == "Em ơi?"] == ["parked"]
        async with home.product.database.reading() as unit:
            kinds = [row.kind for row in (await unit.execute(select(alert))).all()]
        assert "undelivered" in kinds
        await player.counsellor_says("Cô vẫn ở đây.")
        await home.rest()
        assert "Cô vẫn ở đây." in child.screen[-1].text

    async def test_what_is_refused_for_now_is_sent_again(self, home: House, child: Child) -> None:
        home.adapter.refuse_next("passing")
        await child.says("chào bạn")
        await home.rest(after=600)
        assert child.texts.count("chương trình máy") == 1

    async def test_one_whom_nothing_reaches_holds_up_nobody(self, home: House, child: Child) -> None:
        home.adapter.refuse_next("passing")
        await child.says("chào bạn")
        other = Child(home, str(next(_people)))
        assert "111" in "\n".join(one.text for one in await other.says(TELLING))

    async def test_111_is_given_from_memory_while_nothing_can_be_stored(
        self, home: House, child: Child, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await child.says("chào bạn")
        monkeypatch.setattr(away, "PATIENCE_SECONDS", 0.0)
        before, home.is_broken = len(child.screen), True
        await home.adapter.deliver(child.id, text=TELLING)
        await until(lambda: len(child.screen) > before)
        assert "111" in child.screen[-1].text
        home.is_broken = False
        await until(lambda: any(received.text == TELLING for received in home.taken))
        await home.rest()
        assert child.is_offered("safe.no")

    # --- what a messenger may do ---

    @pytest.mark.parametrize("letter", ["ạ", "😢", "a\u0323"])
    async def test_a_long_text_arrives_whole_within_the_limit(self, home: House, child: Child, letter: str) -> None:
        await child.says("chào bạn")
        before, limit = len(child.screen), channel_named(home.adapter.name).text
        text = "\n\n".join(f"{number} {letter * 40}" for number in range(150))
        choices = tuple(OutgoingChoice(id=choice, label=choice) for choice in ("talk.now", "exit"))
        await home.channel.send(child.id, OutgoingMessage(text=text, choices=choices, name="Cô Lan"))
        shown = child.screen[before:]
        assert limit is None or (len(shown) > 1 and all(units(one.text) <= limit for one in shown))
        whole = re.sub(r"\s+", "", "".join(one.text for one in shown))
        assert re.sub(r"\s+", "", normalize("NFC", f"Cô Lan:\n{text}")) in normalize("NFC", whole)

    async def test_of_a_picture_its_kind_is_taken_and_its_words_are_heard(self, home: House, child: Child) -> None:
        await child.says("chào bạn")
        await home.adapter.deliver(child.id, attachment=True)
        await home.rest()
        assert [received.attachment for received in home.taken][-1] is not None
        await home.adapter.deliver(child.id, text=TELLING, attachment=True)
        await home.rest()
        assert child.is_offered("safe.no")

    async def test_nothing_of_the_person_is_taken_but_the_words(self, home: House, child: Child) -> None:
        await child.gets_acquainted()
        await home.adapter.deliver(child.id, text="xem nè", attachment=True)
        await home.rest()
        kept = repr(home.taken)
        assert [canary for canary in CANARIES if canary in kept] == []
        assert {received.address for received in home.taken} == {child.id}
