"""A conversation with a risk is counted, by nobody's name, until a case, a no, an exit, an erasure or half an hour."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.lobby import risk_of
from bot.playback import Player
from bot.state import Contact
from escalation.permissions import Staff
from escalation.shift import lobby
from escalation.shift.tables import lobby as lobby_table
from tests.bot.moments import child, matter

TELLING = "bố con đánh con đau lắm, tối nào bố say cũng đánh"
THU = Staff(id="thu", name="thu", display_name="Cô Thu", role="supervisor", area="national")


async def rows(person: Player) -> list[Any]:
    async with person.database.reading() as unit:
        return list((await unit.execute(select(lobby_table))).all())


async def test_a_disclosure_is_counted_and_no_more_once_the_child_agrees(person: Player) -> None:
    await person.say(TELLING)
    [row] = await rows(person)
    assert set(row._mapping) == {"conversation_id", "urgency", "counts_from", "until"}
    assert row.counts_from.second == 0
    await person.press("talk.now")
    assert len(await rows(person)) == 1
    await person.press("consent.conversation.yes")
    assert await rows(person) == []


@pytest.mark.parametrize("way", [("exit",), ("talk.now", "consent.conversation.no"), ("delete", "delete.confirm")])
async def test_exit_no_and_delete_erase_the_count(person: Player, way: tuple[str, ...]) -> None:
    await person.say(TELLING)
    assert len(await rows(person)) == 1
    for choice in way:
        await person.press(choice)
    assert await rows(person) == []


async def test_a_lesson_is_no_risk(person: Player) -> None:
    await person.say("chào bạn")
    await person.press("role.child")
    assert await rows(person) == []


async def test_silence_takes_it_out_of_the_count_after_half_an_hour_and_out_of_the_table(person: Player) -> None:
    await person.say(TELLING)
    [row] = await rows(person)
    async with person.database.transaction() as unit:
        assert await lobby.forget_old(unit, row.until - timedelta(seconds=1)) == 0
        assert await lobby.forget_old(unit, row.until) == 1


@pytest.mark.parametrize(
    ("stage", "urgency"),
    [("told", "high"), ("asked", "high"), ("later", "high"), ("lapsed", "high"), ("refused", None), ("shared", "high")],
)
def test_what_is_a_risk_by_how_far_the_disclosure_came(stage: str, urgency: str | None) -> None:
    state = child(matter=matter(stage, "high"))  # type: ignore[arg-type]
    assert risk_of(state) == (None if stage == "shared" else urgency)


def test_an_open_case_and_a_gentle_question() -> None:
    assert risk_of(child(matter=matter("shared", "high"), contact=Contact(case_id="case"))) is None
    assert risk_of(child(hint=matter("told", "moderate"))) == "moderate"
    assert risk_of(child()) is None
