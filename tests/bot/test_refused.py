"""What was refused is erased when its half hour has passed, and nothing else is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.effects import ForgetMessages, SetTimer
from bot.events import Rang
from bot.moment import Turn
from bot.state import Heard, Refused, State
from bot.turn import turn
from tests.bot.moments import NOW, child, happened, matter, of_kind, pressed

A_MINUTE = timedelta(minutes=1)
DUE = Refused(from_seq=3, to_seq=9, due_at=NOW)


def when_the_context_ends(state: State) -> Turn:
    return turn(happened(Rang(seq=50, name="context"), state=state))


def test_what_is_due_is_erased_to_its_last_message_and_the_rest_waits_for_its_own_time() -> None:
    later = Refused(from_seq=10, to_seq=19, due_at=NOW + 2 * A_MINUTE)
    sooner = Refused(from_seq=20, to_seq=29, due_at=NOW + A_MINUTE)
    result = when_the_context_ends(child(refused=(DUE, later, sooner)))
    assert result.effects == (ForgetMessages(from_seq=3, to_seq=9), SetTimer(name="context", after=A_MINUTE))
    assert result.state.refused == (later, sooner)


def test_where_nothing_else_waits_no_timer_is_set() -> None:
    result = when_the_context_ends(child(refused=(DUE,)))
    assert of_kind(result, SetTimer) == []
    assert result.state.refused == ()


def test_with_the_erased_messages_their_words_leave_the_context() -> None:
    heard = tuple(Heard(seq=seq, text="a", at=NOW, hint=True) for seq in (1, 9, 10))
    result = when_the_context_ends(child(refused=(DUE,), heard=heard))
    assert [item.seq for item in result.state.heard] == [10]
    nothing_due = when_the_context_ends(child(heard=heard))
    assert [item.seq for item in nothing_due.state.heard] == [1, 9, 10]


@pytest.mark.parametrize(
    ("stage", "from_seq", "left_from"),
    [
        ("refused", 3, None),
        ("lapsed", 9, None),
        ("told", 3, 10),
        ("told", 9, 10),
        ("asked", 3, 10),
        ("later", 3, 10),
        ("shared", 3, 3),
        ("refused", 10, 10),
        ("told", 10, 10),
        ("told", 12, 12),
    ],
)
def test_a_matter_goes_with_its_messages_unless_it_was_told_anew_or_belongs_to_a_case(
    stage: Any, from_seq: int, left_from: int | None
) -> None:
    before = matter(stage, from_seq=from_seq)
    after = when_the_context_ends(child(refused=(DUE,), matter=before)).state.matter
    assert after == (replace(before, from_seq=left_from) if left_from is not None else None)


def test_quick_exit_erases_every_refused_message_at_once() -> None:
    later = Refused(from_seq=20, to_seq=29, due_at=NOW + A_MINUTE)
    result = turn(pressed("exit", state=child(refused=(DUE, later))))
    assert of_kind(result, ForgetMessages) == [
        ForgetMessages(from_seq=3, to_seq=9),
        ForgetMessages(from_seq=20, to_seq=29),
    ]
