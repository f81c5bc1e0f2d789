"""The preview shows what the counsellor would see, and what is left out of it never reaches anybody."""

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.effects import OpenCase, Say
from bot.flows import preview
from bot.playback import Player
from bot.state import State
from bot.story import Line
from bot.turn import turn
from content.channels import ZALO_OA_TEXT, units
from store import conversations
from store.tables import message, outbox
from tests.bot.moments import asking, of_kind, pressed, said, spoken

TOLD = ("bố em đánh em đau lắm", "tối nào bố say cũng đánh", "chị em biết hết", "em sợ lắm ạ")
LINES = (
    Line(seq=3, own=True, text="bố đánh em"),
    Line(seq=4, own=False, text="Cảm ơn bạn đã kể.\n111"),
    Line(seq=6, own=True, text="em tên ••"),
)


def shown(state: State | None = None, choice: str = preview.SHOW, **more: Any) -> Any:
    return turn(pressed(choice, state=state or asking(), lines=LINES, **more))


def test_the_own_lines_are_numbered_and_the_question_stands_below() -> None:
    result = shown()
    page, question = of_kind(result, Say)
    assert "1. bố đánh em\nNhím: Cảm ơn bạn đã kể…\n2. em tên ••" in page.text
    assert page.protect
    assert question.message_id == "consent.conversation"
    offered = [choice.id for choice in question.choices]
    assert offered == ["consent.conversation.yes", "consent.conversation.no", "leave.1", "leave.2", "exit"]
    assert result.private


def test_looking_is_no_answer_and_counts_as_none() -> None:
    result = shown(asking(asked=2))
    assert result.state.question == asking(asked=2).question


@pytest.mark.parametrize("how", ["leave.2", "bỏ câu 2", "leave out 2"])
def test_a_line_is_left_out_by_press_and_by_words(how: str) -> None:
    seen = shown().state
    moment = pressed(how, state=seen, lines=LINES) if how == "leave.2" else said(how, state=seen, lines=LINES)
    result: Any = turn(moment)
    assert result.state.matter.left_out == (6,)
    assert "em tên" not in of_kind(result, Say)[0].text
    (opened,) = of_kind(turn(pressed("consent.conversation.yes", state=result.state)), OpenCase)
    assert (opened.left_out, opened.harms, opened.urgency) == ((6,), (), "high")


def test_the_answer_goes_with_its_line_and_comes_back_with_it() -> None:
    gone = shown(shown().state, "leave.1")
    assert gone.state.matter.left_out == (3, 4)
    assert "Nhím" not in of_kind(gone, Say)[0].text
    assert shown(gone.state, preview.ALL_BACK).state.matter.left_out == ()


@pytest.mark.parametrize("choice", ["leave.0", "leave.3", "leave.99", "leave.x", "leave."])
def test_a_number_that_is_not_there_changes_nothing(choice: str) -> None:
    assert shown(shown().state, choice).state.matter.left_out == ()


def test_nothing_is_left_out_of_a_list_that_was_not_shown() -> None:
    result = shown(choice="leave.1")
    assert (result.state.matter.left_out, spoken(result)) == ((), ["preview.lines", "consent.conversation"])


def test_every_part_of_a_long_preview_fits_every_messenger() -> None:
    lines = tuple(Line(seq=seq, own=True, text="đau 😀 " * 400) for seq in range(3, 9))
    result = turn(pressed(preview.SHOW, state=asking(), lines=lines))
    pages = [say.text for say in of_kind(result, Say)]
    assert len(pages) > 3
    assert all(units(page) <= ZALO_OA_TEXT for page in pages)
    assert sum(page.count("đau") for page in pages) == 6 * 400


@pytest.mark.parametrize("fetched", [True, False], ids=["fetched", "never fetched"])
@pytest.mark.parametrize("left", [{1}, {2}, {3, 4}, {1, 2, 4}, {1, 2, 3, 4}], ids=str)
async def test_whatever_is_left_out_is_never_shared_seen_or_evidence(
    person: Player, left: set[int], *, fetched: bool
) -> None:
    for text in TOLD:
        await person.say(text)
    await person.press("talk.now")
    await person.press(preview.SHOW)
    await person.say(f"bỏ câu {', '.join(map(str, left))}")
    await person.press("consent.conversation.yes")
    await person.take_next()
    read = await person.read_case()
    seen = "\n".join(line.text for line in read.lines)
    secret = {text for number, text in enumerate(TOLD, start=1) if number in left}
    assert not [text for text in secret if text in seen]
    assert all(text in seen for text in set(TOLD) - secret)
    assert "bỏ câu" not in seen
    await person.close()
    async with person.database.transaction() as unit:  # as the page does when it has fetched them, or has not
        await unit.execute(update(outbox).values(status="sent" if fetched else "pending"))
    await person.wait(1801)
    # Half an hour on it is kept nowhere: neither as a line nor in what was sent when it was shown.
    assert not await words_kept(person, secret)


async def words_kept(person: Player, secret: set[str]) -> list[str]:
    async with person.database.reading() as unit:
        held = await conversations.find(unit, person.vault, person.channel, person.address)
        assert held is not None
        found = []
        for table, place in ((message, "message"), (outbox, "outbox")):
            rows = await unit.execute(select(table).where(table.c.conversation_id == held.id))
            found += [
                held.sealer.open(f"{place}/{row.seq}", row.body_sealed) for row in rows if row.body_sealed is not None
            ]
    return [body["text"] for body in found if any(text in body.get("text", "") for text in secret)]
