"""Short runs of written steps: what the checks once found, and that they hold now."""

from typing import Any

import pytest

from bot.simulation.run import Gear, replay
from bot.simulation.steps import Step

PARENT = 1
WORDS = "con tôi chơi game nhiều quá thì làm sao, số của em 0981000001"


async def test_a_parent_who_deletes_leaves_nothing_behind(gear: Gear) -> None:
    steps = (
        Step(at=1, person=PARENT, id=1, presses="role.parent"),
        Step(at=2, person=PARENT, id=2, says=(WORDS,)),
        Step(at=3, person=PARENT, id=3, presses="delete"),
        Step(at=4, person=PARENT, id=4, presses="delete.confirm"),
    )
    assert await replay(gear, steps) is None


async def test_a_poisonous_message_is_set_aside_with_111_and_the_next_is_answered(gear: Gear) -> None:
    steps = (
        Step(at=1, person=1, id=1, says=("ba đánh em hoài",), tag="disclosure", turn_faults=("error:9",) * 5),
        Step(at=60, person=1, id=2, says=("ba đánh em hoài",), tag="disclosure"),
    )
    assert await replay(gear, steps) is None


async def test_a_process_that_dies_in_a_turn_and_in_a_sending_loses_nothing(gear: Gear) -> None:
    by_telegram = 4
    steps = (
        Step(at=1, person=by_telegram, id=1, says=("ba đánh em hoài",), tag="disclosure", turn_faults=("cut:12",)),
        Step(at=9, person=by_telegram, id=2, presses="talk.now", send_faults=("cut", "passing")),
        Step(at=9, person=by_telegram, id=2, presses="talk.now"),
        Step(at=90, person=by_telegram, id=3, presses="consent.conversation.yes"),
        Step(at=95, jumps=4000.0),
    )
    assert await replay(gear, steps) is None


async def test_a_disclosure_that_was_set_aside_is_answered_once_the_faults_are_over(
    gear: Gear, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Step(at=1, person=1, id=1, says=("ba đánh em hoài",), tag="disclosure", turn_faults=("error:9",) * 5)
    assert await replay(gear, (told,)) is None
    monkeypatch.setattr("bot.again.Again._read", _fails_again)
    forgotten = await replay(gear, (told,))
    assert forgotten is not None
    assert (forgotten.check, forgotten.person) == ("never_1_lost", 1)


async def test_a_disclosure_that_was_set_aside_and_dropped_is_found(
    gear: Gear, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Step(at=1, person=1, id=1, says=("ba đánh em hoài",), tag="disclosure", turn_faults=("error:9",) * 5)
    monkeypatch.setattr("bot.again.Again._go", _as_it_was)
    dropped = await replay(gear, (told, Step(at=2, jumps=4000.0)))
    assert dropped is not None
    assert dropped.check == "never_1_lost"


async def _fails_again(*_: Any) -> None:
    raise ValueError


async def _as_it_was(_again: Any, _applying: Any, _row: Any, _step: Any, state: Any, _way: Any) -> Any:
    return state


async def test_a_preview_too_long_for_one_bubble_holds_the_childs_own_words_in_the_next(gear: Gear) -> None:
    long = tuple(f"chuyện lớp mình hôm nay dài ơi là dài {'kể mãi chưa hết ' * 8}{number}" for number in range(20))
    steps = (
        Step(at=1, person=1, id=1, says=("ba đánh em hoài",), tag="disclosure"),
        Step(at=9, person=1, id=2, says=long),
        Step(at=20, person=1, id=3, presses="talk.now"),
        Step(at=30, person=1, id=4, presses="preview"),
    )
    assert await replay(gear, steps) is None


async def test_an_item_given_while_the_contact_is_hidden_belongs_to_the_case(gear: Gear) -> None:
    steps = (
        Step(at=1, person=1, id=1, says=("ba đánh em hoài",), tag="disclosure"),
        Step(at=9, person=1, id=2, presses="talk.now"),
        Step(at=20, person=1, id=3, presses="consent.conversation.yes"),
        Step(at=30, person=1, id=4, presses="exit"),
        Step(at=40, person=1, id=5, presses="share.nickname"),
        Step(at=50, person=1, id=6, presses="consent.nickname.yes"),
        Step(at=60, person=1, id=7, says=("xoài",)),
    )
    assert await replay(gear, steps) is None


async def test_a_disclosure_in_a_burst_of_other_talk_is_answered(gear: Gear) -> None:
    burst = ("làm sao đặt mật khẩu cho chắc", "bạn trai cũ đăng ảnh riêng của mình lên nhóm lớp", "alo")
    steps = (
        Step(at=1, person=1, id=1, says=("hôm nay thi toán khó xỉu",)),
        Step(at=3, person=1, id=2, says=burst, tag="disclosure"),
    )
    assert await replay(gear, steps) is None
