import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

from nlu.decision import Signs, decide
from nlu.learner import Reading, Thresholds
from nlu.listener import REMEMBERED, Listener
from nlu.understanding import HARMS, INTENTS, TOPICS, URGENCIES, Understanding

TOLD = "ba em nhậu say tối nào cũng đánh em, em sợ lắm không dám về nhà"


def check(text: str, found: Understanding) -> None:
    assert found.intent in INTENTS
    assert (found.intent == "disclose") == (found.decision == "disclosure")
    assert found.topic in TOPICS
    assert found.urgency in URGENCIES
    assert set(found.harms) <= set(HARMS)
    assert 0 <= found.probability <= 1
    assert 0 <= found.confidence <= 1
    if found.decision == "none":
        assert (found.harms, found.urgency, found.subject, found.evidence) == ((), "none", "none", ())
    else:
        assert found.harms
        assert found.urgency != "none"
        assert found.subject != "none"
    spans = [(span.start, span.end, span.text) for span in found.entities]
    spans += [(span.start, span.end, span.text) for span in found.evidence]
    for start, end, said in spans:
        assert 0 <= start < end <= len(text)
        assert said == text[start:end]


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=120), st.lists(st.text(max_size=40), max_size=3))
def test_no_text_breaks_the_listener(listener: Listener, text: str, context: list[str]) -> None:
    check(text, listener.understand(text, context, role=text[:3], age_band=text[:2]))


@pytest.mark.parametrize(
    "text", ["", " ", "😭", "😭" * 500, "\ud83d", "a" * 10_000, "\u200b" * 50, "ba đánh em " * 900, "?!"]
)
def test_odd_texts(listener: Listener, text: str) -> None:
    check(text, listener.understand(text))


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        (TOLD, "physical_abuse"),
        ("em k muốn sống nữa", "self_harm"),
        ("anh quen trên mạng dọa tung ảnh của em nếu em không chuyển tiền", "sexual_extortion"),
        ("ba em nhau say toi nao cung danh em, em so lam", "physical_abuse"),
    ],
)
def test_a_plain_disclosure_is_heard_with_its_harm(listener: Listener, text: str, harm: str) -> None:
    found = listener.understand(text, role="child")
    assert found.decision == "disclosure"
    assert harm in found.harms
    assert found.evidence
    check(text, found)


@pytest.mark.parametrize(
    "text",
    [
        "xin chào",
        "cho em học bài về lừa đảo",
        "cười muốn chết luôn á",
        "hôm nay em đi đá bóng vui lắm",
        "cảm ơn bot nhiều nha",
    ],
)
def test_ordinary_talk_is_none(listener: Listener, text: str) -> None:
    assert listener.understand(text).decision == "none"


@pytest.mark.parametrize(
    "text",
    ["em k muốn sống nữa", "em khong muon song nua", "em chán sống rồi", "giá mà em chưa từng sinh ra", "em muốn chết"],
)
def test_a_wish_to_die_is_high_at_least(listener: Listener, text: str) -> None:
    assert listener.understand(text).urgency in {"high", "emergency"}


@pytest.mark.parametrize(
    "text", ["tối nay em sẽ chết", "ba đang đập cửa, cứu em với", "em viết thư để lại cho mẹ rồi, vĩnh biệt"]
)
def test_danger_now_is_an_emergency(listener: Listener, text: str) -> None:
    assert listener.understand(text).urgency == "emergency"


@pytest.mark.parametrize("last", ["đùa thôi", "dua thoi ma", "không có gì đâu", "hihi", "ừ"])
def test_a_joke_does_not_cancel_what_was_told(listener: Listener, last: str) -> None:
    assert listener.understand(last, [TOLD]).decision == "disclosure"


def test_five_short_messages_are_read_as_one(listener: Listener) -> None:
    parts = ["bot ơi", "ba em", "hôm nào cũng say", "xong đánh em", "em sợ lắm"]
    assert listener.understand(parts[-1], parts[:-1]).decision == "disclosure"


def test_innocent_context_stays_innocent(listener: Listener) -> None:
    assert listener.understand("chào bot", ["hôm nay em đi học", "em vừa ăn cơm xong"]).decision == "none"


def test_the_end_of_a_long_text_is_read(listener: Listener) -> None:
    filler = "hôm nay em đi học rồi em về ăn cơm xong em chơi với bạn ở sân trường vui lắm. "
    text = (filler * 200)[: 10_000 - len(TOLD) - 2] + ". " + TOLD
    found = listener.understand(text)
    assert found.decision == "disclosure"
    check(text, found)


def test_what_role_says_of_the_subject(listener: Listener) -> None:
    text = "con trai tôi bị bạn đánh hội đồng, cháu sợ không dám đi học"
    assert listener.understand(text, role="parent").subject != "self"
    assert listener.understand(TOLD, role="child").subject != "own_child"


def test_threads_may_share_one_listener(listener: Listener) -> None:
    texts = [TOLD, "xin chào", "em k muốn sống nữa", "cho em học bài"] * 10
    expected = [listener.understand(text) for text in texts]
    found: dict[int, Understanding] = {}

    def work(at: int) -> None:
        found[at] = listener.understand(texts[at])

    threads = [threading.Thread(target=work, args=(at,)) for at in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[at] for at in range(len(texts))] == expected


THRESHOLDS = Thresholds(borderline=0.2, urgent=0.1, disclosure=0.8)


def signs(probability: float, *, red: bool = False, benign: str = "", urgent: bool = False) -> Signs:
    return Signs(
        reading=Reading(probability=probability, intents={}, topics={}, harms={}, urgencies={}, subjects={}),
        red_flags=frozenset({"beaten"} if red else ()),
        benign=frozenset({benign} if benign else ()),
        urgent=frozenset({"emergency_now"} if urgent else ()),
    )


@pytest.mark.parametrize(
    ("sign", "decision"),
    [
        (signs(0.9), "disclosure"),
        (signs(0.5), "borderline"),
        (signs(0.1), "none"),
        (signs(0.0, red=True), "borderline"),
        (signs(0.0, red=True, benign="idiom"), "borderline"),
        (signs(0.9, benign="story"), "borderline"),
        (signs(0.99, benign="story"), "disclosure"),
        (signs(0.9, red=True, benign="story"), "disclosure"),
        (signs(0.3, benign="idiom"), "none"),
        (signs(0.3, benign="story"), "borderline"),
        (signs(0.15, urgent=True), "borderline"),
    ],
)
def test_red_flags_are_a_floor_and_benign_contexts_a_doubt(sign: Signs, decision: str) -> None:
    assert decide(sign, THRESHOLDS) == decision


def test_an_earlier_message_is_read_once_and_its_words_are_not_kept(listener: Listener) -> None:
    context = [f"em kể chuyện hôm nay số {number}" for number in range(REMEMBERED + 5)]
    fresh = Listener.load()
    assert fresh.understand("dạ", context[:3]) == listener.understand("dạ", context[:3])
    assert fresh.understand("dạ", context[:3]) == listener.understand("dạ", context[:3])
    for at in range(0, len(context), 8):
        fresh.understand("dạ", context[at : at + 8])
    kept = fresh._remembered
    assert len(kept) <= REMEMBERED
    assert "chuyện" not in repr(kept)


@pytest.mark.parametrize("at", range(3))
def test_other_talk_in_the_same_burst_does_not_drown_a_disclosure(listener: Listener, at: int) -> None:
    lines = ["làm sao đặt mật khẩu cho chắc", "alo"]
    lines.insert(at, "bạn trai cũ đăng ảnh riêng của mình lên nhóm lớp")
    for found in listener.readings("\n".join(lines), ["hôm nay thi toán khó xỉu"], parts=lines):
        assert (found.decision, found.urgency) == ("disclosure", "high")


def test_messages_of_ordinary_talk_stay_ordinary_together(listener: Listener) -> None:
    lines = ["mai kt văn bài lão hạc", "chs game j vui k", "làm sao đặt mật khẩu cho chắc", "alo"]
    assert listener.readings("\n".join(lines), parts=lines)[0].decision == "none"


def test_where_one_message_breaks_its_lines_says_nothing(listener: Listener) -> None:
    assert listener.understand("đói bụng quá,\ntối nay\năn gì ngon ").decision == "none"


@pytest.mark.usefixtures("listener")
def test_listening_keeps_to_one_core() -> None:
    pools = [pool["num_threads"] for pool in threadpool_info() if "numpy" in pool["filepath"]]
    assert pools == [1]
