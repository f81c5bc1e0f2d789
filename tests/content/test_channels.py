"""Every text of ours on every channel: within the limits, nothing lost, every button reachable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.send import MAX_TEXT
from content.channels import (
    CHANNELS,
    MESSENGER,
    TELEGRAM,
    TELEGRAM_TEXT,
    WEB,
    ZALO_BOT,
    ZALO_OA,
    ZALO_OA_TEXT,
    Bubble,
    Channel,
    bubbles,
    is_listed,
    units,
)
from content.library import CONTENT_FOLDER, Content
from content.preview.pieces import pieces, screens
from content.tree import Tree, read_tree

labels = st.lists(st.text(alphabet="ab1ệ🛡", min_size=1, max_size=60), max_size=12)
paragraphs = st.lists(st.text(alphabet="aệ🛡. ", max_size=1500), max_size=6).map("\n\n".join)
channels = pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)


@pytest.fixture(scope="module")
def tree() -> Tree:
    return read_tree(CONTENT_FOLDER)


def within_limits(channel: Channel, sent: tuple[Bubble, ...]) -> bool:
    return all(
        bubble.text.strip()
        and (channel.text is None or units(bubble.text) <= channel.text)
        and (channel.buttons is None or len(bubble.labels) <= channel.buttons)
        for bubble in sent
    )


def words(text: str) -> str:
    return "".join(text.split())


@channels
def test_every_text_of_ours_fits_and_loses_nothing(tree: Tree, channel: Channel) -> None:
    content, shown = Content.of(tree), 0
    for piece in pieces(tree).values():
        for reader in piece.audiences:
            for screen in screens(content, piece, reader):
                sent = bubbles(channel, screen.text, screen.labels)
                assert within_limits(channel, sent), (screen, channel)
                assert words("".join(bubble.text for bubble in sent)).startswith(words(screen.text)), (screen, channel)
                there = [label for bubble in sent for label in bubble.labels]
                typed = sent[-1].text if is_listed(channel, screen.labels) else ""
                assert [label for label in screen.labels if label not in there and label not in typed] == []
                shown += 1
    assert shown > 2000


def test_every_lesson_quiz_advice_and_message_is_among_them(tree: Tree) -> None:
    listed = pieces(tree)
    assert len(listed) == len(tree.lessons) + len(tree.quizzes) + len(tree.advice) + len(tree.messages)
    content = Content.of(tree)
    assert [key for key, piece in listed.items() if not screens(content, piece, piece.audiences[0])] == []


@channels
@given(paragraphs, labels)
def test_any_text_fits_and_the_parts_joined_are_the_text(channel: Channel, text: str, labels: list[str]) -> None:
    sent = bubbles(channel, text, labels)
    assert within_limits(channel, sent)
    assert words("".join(bubble.text for bubble in sent)).startswith(words(text))
    if not is_listed(channel, labels):
        assert [label for bubble in sent for label in bubble.labels] == labels
    assert all(bubble.places == () for bubble in sent[:-1])
    assert len(sent) == 0 or len(sent[-1].places) == min(
        len(labels), channel.buttons or len(labels) * (channel.buttons is None)
    )


@channels
def test_a_short_text_stays_one_message(channel: Channel) -> None:
    assert [bubble.text for bubble in bubbles(channel, "Chào bạn.")] == ["Chào bạn."]


@channels
def test_no_words_and_no_buttons_are_no_message(channel: Channel) -> None:
    assert bubbles(channel, " \n") == ()


@pytest.mark.parametrize("channel", [TELEGRAM, ZALO_OA, ZALO_BOT], ids=lambda channel: channel.name)
def test_a_long_text_is_cut_between_paragraphs(channel: Channel) -> None:
    paragraph = "chữ " * 200 + "hết."
    sent = bubbles(channel, "\n\n".join([paragraph] * 8))
    assert len(sent) > 1
    assert all(bubble.text.endswith("hết.") for bubble in sent)


def test_emoji_are_counted_as_the_strictest_messenger_may() -> None:
    assert units("🛡️") == 3
    assert len(bubbles(ZALO_OA, "👋" * (ZALO_OA_TEXT // 2))) == 1
    assert len(bubbles(ZALO_OA, "👋" * (ZALO_OA_TEXT // 2 + 1))) == 2


def test_letters_and_their_marks_are_counted_as_one() -> None:
    assert len(bubbles(ZALO_OA, "e\N{COMBINING CIRCUMFLEX ACCENT}" * ZALO_OA_TEXT)) == 1


def test_more_buttons_than_zalo_takes_are_a_list_and_the_way_out_stays_a_button() -> None:
    assert bubbles(ZALO_OA, "Câu 1?", ["1", "2", "3", "4", "Dừng lại", "Thoát nhanh"]) == (
        Bubble(
            text="Câu 1?\n\n5. Dừng lại\n6. Thoát nhanh",
            labels=("1", "2", "3", "4", "Thoát nhanh"),
            places=(0, 1, 2, 3, 5),
        ),
    )


def test_a_label_that_is_too_long_for_a_button_is_a_number_there() -> None:
    labels = ["Tiếp tục", "Mình muốn nói với người lớn"]
    assert bubbles(MESSENGER, "Chào bạn.", labels) == (
        Bubble(
            text="Chào bạn.\n\n1. Tiếp tục\n2. Mình muốn nói với người lớn", labels=("Tiếp tục", "2"), places=(0, 1)
        ),
    )


def test_choices_without_a_number_are_words_to_type() -> None:
    assert bubbles(ZALO_BOT, "Cô An:", ["Dừng", "Thoát"], [None, None])[0].text == "Cô An:\n\n• Dừng\n• Thoát"


def test_without_buttons_the_labels_are_a_list_to_type_from() -> None:
    assert bubbles(ZALO_BOT, "Chào bạn.", ["Tiếp", "Thoát"]) == (Bubble(text="Chào bạn.\n\n1. Tiếp\n2. Thoát"),)


def test_a_quiz_names_its_numbers_only_once_where_they_are_typed() -> None:
    sent = bubbles(ZALO_BOT, "Câu?\n\n1. Có\n2. Không", ["1", "2", "Dừng lại"])
    assert sent == (Bubble(text="Câu?\n\n1. Có\n2. Không\n\n3. Dừng lại"),)


def test_buttons_stand_below_the_last_part() -> None:
    sent = bubbles(ZALO_OA, "a" * (ZALO_OA_TEXT + 1), ["Tiếp"])
    assert [bubble.labels for bubble in sent] == [(), ("Tiếp",)]


def test_the_page_takes_everything_in_one() -> None:
    many = tuple(str(number) for number in range(50))
    assert bubbles(WEB, "a" * 9000, many) == (Bubble(text="a" * 9000, labels=many, places=tuple(range(50))),)


def test_the_limit_is_the_one_that_is_kept_when_sending_to_telegram() -> None:
    assert TELEGRAM_TEXT == MAX_TEXT
