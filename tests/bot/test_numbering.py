"""Choices by number: what is numbered, and what a typed number means."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.effects import Choice, Say
from bot.events import Attached, Event, Noticed, Rang
from bot.moment import Turn
from bot.numbering import as_presses, with_numbers
from bot.state import Contact, Listed, State
from content.channels import MESSENGER, TELEGRAM, WEB, ZALO_BOT, ZALO_OA, Channel
from store.inbox import MESSAGE, Incoming
from tests.bot.moments import NOW, happened, said

LISTED = ((1, "learn"), (2, "safe.no"), (12, "exit"))
TALKING = Contact(case_id="c", connected=True, name="An")
BUTTONS = tuple(Choice(id=choice, label=f"Nút {choice}") for choice in ("a", "b", "c"))


def typed(text: str, listed: Listed = LISTED, **more: Any) -> tuple[str | None, str | None]:
    """Return as which text or choice a message is read."""
    body = {"text": text, "choice": None} | more
    row = Incoming(seq=9, kind=MESSAGE, external_id="e", body=body, attempts=0, streamed=False, received_at=NOW)
    (read,) = as_presses([row], listed)
    return (read.body["text"], read.body["choice"])


def shown(*says: Say, channel: Channel = ZALO_BOT, state: State | None = None) -> Turn:
    return with_numbers(said("à", channel=channel), Turn(state=state or State(), effects=says))


def say(text: str = "Chọn nhé.", choices: tuple[Choice, ...] = BUTTONS, **more: Any) -> Say:
    return Say(message_id="m", text=text, choices=choices, **more)


def numbers(turn: Turn) -> list[int | None]:
    return [choice.number for effect in turn.effects if isinstance(effect, Say) for choice in effect.choices]


@pytest.mark.parametrize(
    "text", ["2", " 2 ", "2.", "(2)", "số 2", "so 2", "chọn 2 ạ", "Câu 2 nha", "2 ạ.", "２", "2\ufe0f\u20e3"]
)
def test_a_bare_number_is_the_choice_that_stood_by_it(text: str) -> None:
    assert typed(text) == (None, "safe.no")


@pytest.mark.parametrize(
    "text", ["3", "0", "22", "111", "2 3", "2 bạn", "mình 12 tuổi", "12h", "lớp 2", "-2", "2,5", ""]
)
def test_other_numbers_are_words(text: str) -> None:
    assert typed(text) == (text, None)


def test_without_a_list_a_number_is_a_word() -> None:
    assert typed("2", ()) == ("2", None)


def test_a_message_that_was_changed_afterwards_presses_nothing() -> None:
    assert typed("2", edited=True) == ("2", None)


@pytest.mark.parametrize(
    ("channel", "count", "listed"),
    [(ZALO_BOT, 1, True), (ZALO_OA, 5, False), (ZALO_OA, 6, True), (TELEGRAM, 20, False), (WEB, 200, False)],
    ids=lambda value: getattr(value, "name", value),
)
def test_choices_are_numbered_where_they_do_not_fit_as_buttons(channel: Channel, count: int, listed: bool) -> None:
    choices = tuple(Choice(id=f"c{place}", label=f"Nút {place}") for place in range(count))
    turn = shown(say(choices=choices), channel=channel)
    assert (turn.state.listed != ()) == listed
    assert numbers(turn) == (list(range(1, count + 1)) if listed else [None] * count)


def test_a_label_too_long_for_a_button_makes_a_list() -> None:
    turn = shown(say(choices=(Choice(id="a", label="Mình muốn nói chuyện với người lớn"),)), channel=MESSENGER)
    assert turn.state.listed == ((1, "a"),)


def test_numbers_go_on_behind_those_in_the_words() -> None:
    lines = say("Tổng đài sẽ thấy:\n\n1. em kể\n2. chuyện này", choices=())
    asked = say(choices=(*BUTTONS, Choice(id="leave.1", label="Bỏ dòng 1", number=1)))
    assert shown(lines, asked).state.listed == ((1, "leave.1"), (3, "a"), (4, "b"), (5, "c"))


def test_options_of_a_quiz_keep_their_numbers() -> None:
    options = tuple(Choice(id=f"answer.{number}", label=str(number), number=number) for number in (1, 2))
    turn = shown(say("Câu?\n\n1. Có\n2. Không", choices=(*options, Choice(id="stop", label="Dừng"))))
    assert turn.state.listed == ((1, "answer.1"), (2, "answer.2"), (3, "stop"))


def test_two_lists_of_one_turn_share_no_number() -> None:
    assert numbers(shown(say(), say())) == [1, 2, 3, 4, 5, 6]


def test_a_counsellor_s_words_bear_no_list_and_take_the_last_one_away() -> None:
    turn = shown(say("Em ơi", name="An"), state=State(listed=LISTED, contact=TALKING))
    assert turn.state.listed == ()
    assert numbers(turn) == []


def test_beside_a_talk_nothing_is_numbered() -> None:
    turn = shown(say("Chị An đã vào."), state=State(contact=TALKING))
    assert turn.state.listed == ()
    assert numbers(turn) == [None, None, None]


@pytest.mark.parametrize(
    ("event", "stays"),
    [
        (Rang(seq=1, name="wait"), True),
        (Noticed(seq=1, case_id="c", event="silent"), True),
        (Attached(seq=1, kind="voice"), False),
    ],
    ids=["timer", "notice", "attachment"],
)
def test_a_list_stays_while_nobody_speaks(event: Event, stays: bool) -> None:
    silent = Turn(state=State(listed=LISTED))
    assert (with_numbers(happened(event, channel=ZALO_BOT), silent).state.listed == LISTED) == stays


def test_what_was_typed_without_an_answer_ends_the_list() -> None:
    assert with_numbers(said("khoan", channel=ZALO_BOT), Turn(state=State(listed=LISTED))).state.listed == ()


@given(
    st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=4), st.integers(0, 9), st.sampled_from((ZALO_BOT, ZALO_OA))
)
def test_every_number_shown_is_typed_for_its_own_choice(ids: list[str], lines: int, channel: Channel) -> None:
    text = "\n".join(f"{number}. dòng" for number in range(1, lines + 1))
    says = [
        say(text, choices=tuple(Choice(id=f"{one}{place}", label=one) for one in "xyzuvw"))
        for place, _ in enumerate(ids)
    ]
    turn = shown(*says, channel=channel)
    spoken = [choice for effect in turn.effects if isinstance(effect, Say) for choice in effect.choices]
    assert sorted((choice.number or 0, choice.id) for choice in spoken) == sorted(turn.state.listed)
    for choice in spoken:
        assert choice.number is not None
        assert choice.number > lines
        assert typed(str(choice.number), turn.state.listed) == (None, choice.id)
