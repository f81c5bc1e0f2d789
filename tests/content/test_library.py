import time
from datetime import date
from pathlib import Path

import pytest

from content.errors import ContentError, UnknownText, WrongParameters
from content.library import Content
from content.schema import Audience, Band


@pytest.fixture
def content(root: Path) -> Content:
    return Content.load(root)


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("6-10", "Gọi 111 nhé."),
        ("11-14", "Gọi 111, ngày đêm, miễn phí."),
        ("15-17", "Gọi 111, ngày đêm, miễn phí."),
        ("unknown", "Bạn gọi 111 nhé."),
        ("parent", "Gọi 111, ngày đêm, miễn phí."),
    ],
)
def test_each_audience_hears_its_own_words(content: Content, audience: Audience, expected: str) -> None:
    assert content.say("numbers", audience) == expected


def test_unknown_hears_the_words_of_a_nine_year_old(root: Path) -> None:
    (root / "vi/messages/flows.yml").write_text("- id: hello\n  text: {6-10: bé, child: lớn}\n", encoding="utf-8")
    assert Content.load(root).say("hello", "unknown") == "bé"


def test_places_are_filled_once(content: Content) -> None:
    assert content.say("hello", "6-10", name="{name} An") == "Chào bạn {name} An!"


@pytest.mark.parametrize("params", [{}, {"name": "An", "age": 9}, {"nmae": "An"}])
def test_wrong_params_are_refused(content: Content, params: dict[str, str]) -> None:
    with pytest.raises(WrongParameters, match="hello"):
        content.say("hello", "6-10", **params)


def test_what_is_not_there_is_named(content: Content) -> None:
    with pytest.raises(UnknownText, match=r"goodbye has no text for 6-10"):
        content.say("goodbye", "6-10")
    with pytest.raises(UnknownText, match="no audience teacher"):
        content.say("hello", "teacher")  # type: ignore[arg-type]
    with pytest.raises(UnknownText):
        content.label("nothing", "6-10")
    with pytest.raises(UnknownText):
        content.lesson("gaming", "6-10")
    with pytest.raises(UnknownText):
        content.quiz("gaming", "6-10")
    with pytest.raises(UnknownText):
        content.advice("gaming")
    with pytest.raises(UnknownText):
        content.topic_title("gaming", "6-10")


def test_another_language_falls_back_to_vietnamese(content: Content, root: Path) -> None:
    assert content.say("hello", "6-10", "en", name="An") == "Hello {name}!".format(name="An")
    assert content.say("hello", "6-10", "km", name="An") == "Chào bạn An!"
    (root / "en/messages/flows.yml").write_text("- id: hello\n  text: {parent: Hello}\n", encoding="utf-8")
    assert Content.load(root).say("hello", "6-10", "en", name="An") == "Chào bạn An!"


def test_the_wording_names_the_words_and_changes_with_them(root: Path) -> None:
    before = Content.load(root).wording("numbers", "6-10")
    assert before.startswith("numbers@3:")
    assert len(before) == len("numbers@3:8f3a1c")
    assert before == Content.load(root).wording("numbers", "6-10", "vi")
    file = root / "vi/messages/flows.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("Gọi 111 nhé.", "Gọi 111 đi."), encoding="utf-8")
    assert Content.load(root).wording("numbers", "6-10") != before


def test_labels(content: Content) -> None:
    assert content.label("consent.yes", "parent") == "✅ Đồng ý"
    assert content.label("consent.no", "11-14") == "Không"
    assert content.label("consent.no", "11-14", "en") == "No"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đồng ý", "consent.yes"),
        ("DONG Y!!!", "consent.yes"),
        ("cho cô đọc.", "consent.yes"),
        ("đồng ý nhưng đừng cho bố biết", None),
        ("dung", None),  # dừng or đúng: not for us to guess
        ("dừng", "stop"),
        ("đừng", None),
        ("", None),
        ("✅", None),
    ],
)
def test_typed_answers(content: Content, text: str, expected: str | None) -> None:
    assert content.choice_for(text, "vi") == expected


def test_typed_answers_among_those_on_offer(content: Content) -> None:
    assert content.choice_for("dung", "vi", {"stop"}) == "stop"
    assert content.choice_for("đồng ý", "vi", {"stop"}) is None
    assert content.choice_for("đồng ý", "en") == "consent.yes"  # Vietnamese counts everywhere
    assert content.choice_for("i agree", "en") == "consent.yes"
    assert content.choice_for("đồng ý", "km") == "consent.yes"


@pytest.mark.parametrize(
    ("band", "lang", "expected"),
    [
        ("6-10", "vi", ("vi", "6-10")),
        (None, "vi", ("vi", "6-10")),
        ("11-14", "en", ("en", "11-14")),
        ("6-10", "en", ("en", "11-14")),
        ("15-17", "km", ("vi", "15-17")),
    ],
)
def test_a_lesson_in_the_nearest_language(
    content: Content, band: Band | None, lang: str, expected: tuple[str, str]
) -> None:
    lesson = content.lesson("scam", band, lang)
    assert (lesson.lang, lesson.band) == expected


def test_a_lesson_is_whole(content: Content) -> None:
    lesson = content.lesson("scam", "6-10")
    assert (lesson.id, lesson.topic, lesson.title, lesson.minutes) == (
        "scam.6-10",
        "scam",
        "Kẻ lừa trên mạng",
        3,
    )
    assert [card.heading for card in lesson.cards] == ["Ai gọi thế?", None, None, None]
    assert lesson.cards[1].text == "**Không phải lỗi của bạn.**"
    assert lesson.cards[1].place.line == 19
    assert lesson.review.second_read == date(2026, 11, 20)
    assert lesson.sources[0].document == "Luật Trẻ em"


def test_a_quiz_falls_back_to_vietnamese(content: Content) -> None:
    quiz = content.quiz("scam", "11-14", "en")
    assert (quiz.lang, len(quiz.questions)) == ("vi", 6)
    assert quiz.questions[0].id == "scam.11-14.q1"
    assert quiz.questions[0].correct.text == "Không cho"


def test_advice_topics_and_titles(content: Content) -> None:
    assert content.advice("scam", "en").title == "Khi con gặp lừa đảo"
    assert content.topics == ("scam",)
    assert content.topic_title("scam", "6-10", "en") == "Scams"
    assert content.topic_emoji("scam") == "🎣"
    assert content.topic_emoji("gaming") is None


def test_only_verified_helplines_can_be_shown(content: Content) -> None:
    assert content.helpline("child").number == "111"
    assert [helpline.id for helpline in content.helplines] == ["child"]
    with pytest.raises(UnknownText, match="shop"):
        content.helpline("shop")


def test_a_province_has_its_own_verified_helplines_and_no_hidden_one() -> None:
    ours = Content.load()
    own = {province.name: ours.helplines_of(province) for province in ours.places.units.provinces}
    assert [line.number for line in own["Hải Phòng"]] == ["18006605"]
    assert own["Đắk Lắk"] == own["Hồ Chí Minh"] == ()


def test_a_topic_without_lessons_is_not_offered(root: Path) -> None:
    (root / "vi/topics.yml").write_text(
        "- {id: gaming, title: {all: Trò chơi}}\n- {id: scam, title: {all: Lừa}}\n", encoding="utf-8"
    )
    assert Content.load(root).topics == ("scam",)


def test_a_folder_without_vietnamese_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="KC011"):
        Content.load(tmp_path)


def test_two_hundred_files_load_within_half_a_second(root: Path) -> None:
    for source in [*(root / "vi/lessons/scam").iterdir()]:
        for number in range(50):
            target = root / f"vi/lessons/topic{number}" / source.name
            target.parent.mkdir(exist_ok=True)
            target.write_text(source.read_text(encoding="utf-8").replace("scam", f"topic{number}"), "utf-8")
    start = time.process_time()
    content = Content.load(root)
    assert time.process_time() - start < 0.5
    assert len(content.topics) == 51
