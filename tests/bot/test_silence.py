"""At the moment of sending: what the bot said before a counsellor came does not arrive in the middle of the talk."""

from typing import Any

from bot.playback import Player
from bot.sender import Sender
from store import conversations, outbox
from store.tables import outbox as outbox_table
from tests.bot.test_sender import Messenger

pytest_plugins = ("tests.store.databases",)
TELLING = "bố đánh em hoài, em sợ"


async def bot_says(person: Player, message_id: str, name: str | None = None) -> None:
    """Let a message of the bot wait in the outbox, as one that a messenger held up."""
    async with person.database.transaction() as unit:
        held, _ = await conversations.upsert(unit, person.vault, person.channel, person.address, person.clock.now())
        body: dict[str, Any] = {
            "message_id": message_id,
            "text": message_id,
            "choices": [],
            "name": name,
            "protect": True,
        }
        await outbox.enqueue(unit, held, kind=outbox.MESSAGE, body=body, now=person.clock.now(), push=True)


async def sent(person: Player) -> list[str]:
    """Send everything that is due; returns what a messenger was given of the messages made here."""
    messenger = Messenger(name=person.channel)
    sender = Sender(
        database=person.database, vault=person.vault, clock=person.clock, channels={person.channel: messenger}
    )
    while await sender.send():
        pass
    made = {"learn.done", "waiting.note", "exit.done", "disclosure.here", "withdraw.done", "said"}
    return [text for _, text in messenger.got if text in made]


async def connected(person: Player, *, late: tuple[str, ...]) -> None:
    """Let a child agree, `late` be said and held up, and a counsellor come."""
    await person.say(TELLING)
    await person.press("talk.now")
    await person.press("consent.conversation.yes")
    await sent(person)
    for message_id in late:
        await bot_says(person, message_id)
    person.clock.advance(2)
    await person.take_next()


async def test_what_was_held_up_is_dropped_once_a_counsellor_is_there(person: Player) -> None:
    await connected(person, late=("learn.done", "waiting.note"))
    assert await sent(person) == []
    async with person.database.reading() as unit:
        rows = (await unit.execute(outbox_table.select().where(outbox_table.c.status == "cancelled"))).all()
    assert len(rows) == 2
    assert all(row.body_sealed is None for row in rows)


async def test_the_way_out_and_help_go_out_all_the_same(person: Player) -> None:
    await connected(person, late=("exit.done", "disclosure.here", "withdraw.done"))
    assert await sent(person) == ["exit.done", "disclosure.here", "withdraw.done"]


async def test_before_and_after_the_talk_the_bot_speaks(person: Player) -> None:
    await connected(person, late=())
    await bot_says(person, "said", name="Cô Lan")
    await bot_says(person, "learn.done")
    assert await sent(person) == ["said", "learn.done"], "what a turn decides while they talk is the turn's business"
    await bot_says(person, "waiting.note")
    await person.hand_back()
    assert await sent(person) == ["waiting.note"]


async def test_whoever_left_the_talk_hears_the_bot(person: Player) -> None:
    await connected(person, late=("learn.done",))
    await person.press("counsellor.end")
    assert await sent(person) == ["learn.done"]
