from pathlib import Path

import pytest

from content.errors import Place
from content.lint.passages import Kind, Passage
from content.lint.speech import forbidden_words, in_passage
from content.tree import read_tree


def flagged(kind: Kind, text: str, *, mistaken: bool = False) -> bool:
    passage = Passage(
        kind=kind,
        name="x",
        lang="vi",
        text=text,
        audience="11-14",
        place=Place(file="a", line=1),
        mistaken=mistaken,
    )
    return bool(list(in_passage(passage)))


FORBIDDEN = [
    "Đó là lỗi của bạn.",
    "Tại em cả thôi.",
    "Sao không nói sớm?",
    "Sao  con không kể sớm hơn?",
    "Cô hứa giữ bí mật.",
    "Mình sẽ **giữ bí mật** cho bạn.",
    "Chuyện này là bí mật của chúng mình.",
    "Bạn gửi ảnh cho mình nhé.",
    "Gửi mình xem đi, chụp ảnh gửi luôn.",
    "Bạn sẽ hối hận.",
    "Bạn không nói, đó là lỗi của bạn.",
    "It is your fault.",
    "Send me a picture.",
    "Don't tell anyone.",
]
ALLOWED = [
    "Không phải lỗi của bạn.",
    "Đây **không phải** lỗi của bạn đâu.",
    "Đừng nghĩ đó là lỗi của em.",
    "Mình không hứa giữ bí mật được.",
    "Mình không xin ảnh, bạn đừng gửi ảnh cho mình nhé.",
    "Mật khẩu thì bạn giữ bí mật nhé.",
    "Hiện tại em đang ở đâu cũng gọi được.",
    "Bạn không có lỗi gì cả.",
    "It is not your fault.",
    "You are never to blame.",
    "I can’t promise to keep it secret.",
    "Mình không kể với ai khi bạn chưa đồng ý.",
    "We will never ask: send me a picture.",
]


@pytest.mark.parametrize("text", FORBIDDEN)
@pytest.mark.parametrize("kind", ["lesson", "message"])
def test_what_the_bot_never_says(kind: Kind, text: str) -> None:
    assert flagged(kind, text)


@pytest.mark.parametrize("text", ALLOWED)
@pytest.mark.parametrize("kind", ["lesson", "message"])
def test_denials_pass(kind: Kind, text: str) -> None:
    assert not flagged(kind, text)


@pytest.mark.parametrize(
    "text",
    [
        "Họ nói: “Giữ bí mật nhé.”",
        'Họ nói: "Gửi ảnh cho mình đi."',
        "Anh chị đừng nói: “Tại con. Sao con không nói sớm?”",
        "Kẻ xấu hay bảo bạn giữ bí mật với bố mẹ.",
        "“Lỗi của bạn\ncả thôi”, nó nói.",
    ],
)
def test_lessons_may_say_what_others_say(text: str) -> None:
    assert not flagged("lesson", text)
    assert not flagged("advice", text)


def test_messages_speak_for_themselves() -> None:
    assert flagged("message", "“Giữ bí mật nhé.”")


def test_only_messages_could_question_a_child() -> None:
    assert flagged("message", "Họ đã làm gì bạn?")
    assert not flagged("lesson", "Bạn bè làm gì bạn cũng biết.")


def test_a_wrong_option_is_there_to_be_seen_through() -> None:
    assert not flagged("quiz", "Giữ bí mật nhé", mistaken=True)
    assert flagged("quiz", "Giữ bí mật nhé")


def test_the_line_is_that_of_the_sentence(root: Path) -> None:
    file = root / "vi/lessons/scam/6-10.md"
    text = file.read_text(encoding="utf-8").replace("2. Kể", "2. Đó là lỗi của bạn. Kể")
    file.write_text(text, encoding="utf-8")
    (problem,) = forbidden_words(read_tree(root))
    assert problem.place == Place(file="content/vi/lessons/scam/6-10.md", line=22)
    assert "lỗi của bạn" in problem.message
    assert "never the child's fault" in problem.message
