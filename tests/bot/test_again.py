"""What a fault had set aside is read again: on both databases, in order, a bounded number of times, never loudly."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import select, update

from bot import doctor
from bot.again import Again
from bot.playback import Player, Shown, player
from content.library import Content
from escalation import notices
from escalation.tables import alert
from nlu.listener import Listener
from store import inbox, parked
from store.tables import inbox as inbox_table
from tests.postgres import Postgres

pytest_plugins = ("tests.store.databases",)
TELLING = "bố đánh em hoài, em sợ"
HOUR = 3600.0


@pytest.fixture(params=["sqlite", "postgresql"])
async def child(request: pytest.FixtureRequest, content: Content, listener: Listener) -> AsyncIterator[Player]:
    """A child who has said who it is, on each kind of database."""
    url: str | None = None
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        postgres.drop("again")
        url = postgres.fresh("again")
    async with player(content=content, listener=listener, database_url=url) as playing:
        await playing.press("role.child")
        await playing.press("band.11-14")
        yield playing


async def set_aside(person: Player, *texts: str, faults: int = inbox.MAX_ATTEMPTS) -> list[Shown]:
    """Let a message be set aside; returns what was said meanwhile."""
    person.fail(faults)
    shown = await person.say(*texts)
    for _ in range(inbox.MAX_ATTEMPTS):
        shown += await person.wait(2.5)
    return shown


async def statuses(person: Player) -> list[str]:
    async with person.database.reading() as unit:
        rows = await unit.execute(select(inbox_table.c.status).order_by(inbox_table.c.seq))
        return [row.status for row in rows]


def ids(shown: list[Shown]) -> list[str]:
    return [said.message_id for said in shown]


async def test_a_disclosure_is_answered_with_111_when_its_hour_has_come(child: Player) -> None:
    assert ids(await set_aside(child, TELLING)) == ["error.sorry"]
    assert await child.wait(HOUR - 60) == []
    (shown,) = await child.wait(120)
    assert shown.message_id == "disclosure.self"
    assert "111" in shown.text
    assert "talk.now" in shown.choices
    assert set(await statuses(child)) == {"done"}


async def test_a_process_that_starts_tries_at_once(child: Player) -> None:
    await set_aside(child, TELLING)
    await Again(worker=child.worker).start()
    assert ids(await child.run()) == ["disclosure.self"]


async def test_the_same_fault_again_says_nothing_and_waits_longer(child: Player) -> None:
    await set_aside(child, TELLING)
    child.fail(1)
    assert await child.wait(HOUR + 60) == []
    async with child.database.reading() as unit:
        (row,) = await parked.listed(unit)
    assert row.attempts == inbox.MAX_ATTEMPTS + 1
    assert row.next_attempt_at - child.clock.now() > timedelta(hours=1.5)
    assert ids(await child.wait(3 * HOUR)) == ["disclosure.self"]


async def test_a_try_counts_even_where_the_process_dies_in_it(child: Player) -> None:
    await set_aside(child, TELLING)
    child.clock.advance(2 * HOUR)
    async with child.database.transaction() as unit:
        assert await parked.claim(unit, child.clock.now()) is not None
    async with child.database.transaction() as unit:
        assert await parked.claim(unit, child.clock.now()) is None
        assert (await parked.listed(unit))[0].attempts == inbox.MAX_ATTEMPTS + 1


async def test_nothing_is_tried_for_ever_but_at_an_operators_word(child: Player) -> None:
    await set_aside(child, TELLING)
    async with child.database.transaction() as unit:
        await unit.execute(
            update(inbox_table).where(inbox_table.c.status == "parked").values(attempts=parked.MOST_ATTEMPTS)
        )
        assert await parked.try_now(unit, child.clock.now()) == 0
    assert await child.wait(48 * HOUR) == []
    async with child.database.transaction() as unit:
        assert await parked.try_now(unit, child.clock.now(), mended=True) == 1
    assert ids(await child.run()) == ["disclosure.self"]


async def test_it_never_goes_before_what_waits_in_line(child: Player) -> None:
    await set_aside(child, TELLING)
    child.clock.advance(2 * HOUR)
    async with child.database.transaction() as unit:
        await inbox.take_in(
            unit,
            child.vault,
            channel=child.channel,
            address=child.address,
            external_id="later",
            body=child.message(text="chào bạn").body(),
            now=child.clock.now(),
        )
        assert await parked.claim(unit, child.clock.now()) is None
    assert ids(await child.run()) == ["talk.greet", "disclosure.self"]


async def test_it_never_stands_in_the_way_of_later_messages(child: Player) -> None:
    await set_aside(child, TELLING)
    assert ids(await child.say("chào bạn")) == ["talk.greet"]


async def test_young_talk_that_nothing_followed_is_still_answered(child: Player) -> None:
    await set_aside(child, "chào bạn")
    await Again(worker=child.worker).start()
    assert ids(await child.run()) == ["talk.greet"]


async def test_young_talk_that_something_followed_is_not(child: Player) -> None:
    await set_aside(child, "chào bạn")
    await child.press("menu")
    await Again(worker=child.worker).start()
    assert await child.run() == []
    assert set(await statuses(child)) == {"done"}


async def test_a_pressed_not_safe_is_heard_later(child: Player) -> None:
    await child.say(TELLING)
    child.fail(inbox.MAX_ATTEMPTS)
    await child.press("safe.no")
    for _ in range(inbox.MAX_ATTEMPTS):
        await child.wait(2.5)
    (shown,) = await child.wait(HOUR + 60)
    assert shown.message_id == "disclosure.unsafe"
    assert "111" in shown.text.splitlines()[0]


async def test_discreet_mode_pushes_nothing_and_the_next_message_brings_it(child: Player) -> None:
    await child.press("discreet.on")
    await child.say("hoa cúc")
    await set_aside(child, TELLING)
    assert await child.wait(30 * HOUR) == []
    assert "disclosure.self" in ids(await child.say("chào bạn"))


async def test_who_comes_back_only_to_change_hands_reads_nothing(child: Player) -> None:
    await set_aside(child, TELLING)
    await child.press("exit")
    for choice in ("menu", "role.parent", "exit"):
        assert not [said for said in ids(await child.press(choice)) if said.startswith("disclosure.")]
    assert "held" in await statuses(child)


async def test_a_poisonous_one_that_waits_for_its_person_does_not_silence_them(
    child: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_aside(child, TELLING)
    await child.press("exit")
    real = parked.read_held

    async def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(parked, "read_held", broken)
    shown = await child.say("chào bạn") + await child.wait(2)
    assert ids(shown) == ["talk.greet"]
    monkeypatch.setattr(parked, "read_held", real)
    assert "disclosure.self" in ids(await child.say("bạn khỏe không"))


async def test_a_parent_who_deletes_leaves_what_the_child_had_said(child: Player) -> None:
    await set_aside(child, TELLING)
    await child.press("role.parent")
    await child.press("delete")
    await child.press("delete.confirm")
    assert "held" in await statuses(child)
    await child.press("role.child")
    assert "disclosure.self" in ids(await child.say("chào bạn"))


async def test_deleting_takes_it_out_of_every_list(child: Player) -> None:
    await set_aside(child, TELLING)
    await child.press("delete")
    await child.press("delete.confirm")
    async with child.database.reading() as unit:
        assert await parked.listed(unit) == ()
        bodies = await unit.execute(select(inbox_table.c.body_sealed).where(inbox_table.c.body_sealed.is_not(None)))
    assert bodies.all() == []


async def test_an_open_case_is_alerted_once_and_the_supervisor_sees_a_number(child: Player) -> None:
    for step in (child.say(TELLING), child.press("talk.now"), child.press("consent.conversation.yes")):
        await step
    await set_aside(child, "em đang ở nhà bà")
    await set_aside(child, "em không biết làm sao")
    async with child.database.reading() as unit:
        kinds = [row.kind for row in await unit.execute(select(alert.c.kind))]
        assert await parked.count(unit) == 2
    assert kinds.count(notices.UNREAD) == 1


async def test_a_counsellors_words_that_were_set_aside_reach_the_child_later(child: Player) -> None:
    for step in (child.say(TELLING), child.press("talk.now"), child.press("consent.conversation.yes")):
        await step
    await child.take_next()
    child.fail(inbox.MAX_ATTEMPTS)
    shown = await child.counsellor_says("Cô đây")
    for _ in range(inbox.MAX_ATTEMPTS):
        shown += await child.wait(2.5)
    assert shown == []  # nobody has just written: no words about a fault
    await Again(worker=child.worker).start()
    assert [said.text for said in await child.run()] == ["Cô đây"]


async def test_a_counsellor_who_is_gone_is_not_announced_later(child: Player) -> None:
    for step in (child.say(TELLING), child.press("talk.now"), child.press("consent.conversation.yes")):
        await step
    child.fail(inbox.MAX_ATTEMPTS)
    await child.take_next()
    for _ in range(inbox.MAX_ATTEMPTS):
        await child.wait(2.5)
    await child.hand_back()
    await Again(worker=child.worker).start()
    assert "contact.joined" not in ids(await child.run())
    assert ids(await child.say("cô ơi"))  # the bot has not fallen silent for nobody


async def test_words_from_before_the_agreement_stay_out_of_the_case(child: Player) -> None:
    await set_aside(child, "hôm qua mẹ cũng tát em")
    for step in (child.say(TELLING), child.press("talk.now"), child.press("consent.conversation.yes")):
        await step
    await child.press("exit")
    await child.wait(2 * HOUR)
    await child.take_next()
    assert "tát" not in "\n".join(line.text for line in (await child.read_case()).lines)


async def test_the_doctor_counts_them_and_no_words_stand_in_log_or_list(child: Player) -> None:
    with structlog.testing.capture_logs() as entries:
        await set_aside(child, TELLING)
        child.fail(1)
        await child.wait(HOUR + 60)
    async with child.database.reading() as unit:
        finding = await doctor.set_aside(unit)
        listed = await parked.listed(unit)
    assert finding.level == "wrong"
    assert finding.words.startswith("1 messages")
    assert [row.kind for row in listed] == ["message"]
    assert "set_aside_failed_again" in {entry["event"] for entry in entries}
    assert "bố" not in repr((entries, listed, finding))
    await child.press("exit")
    async with child.database.reading() as unit:
        assert (await doctor.set_aside(unit)).level == "ok"
