import pytest
from spacy.language import Language

from nlu.components.entities import ENTITIES
from nlu.components.rules import BENIGN, RED_FLAGS, URGENT
from nlu.lexicon import classes
from nlu.patterns import compile_pattern, find
from nlu.pipeline import build
from nlu.tables import TABLES, TableError, load_table, validated
from nlu.teencode import Teencode


@pytest.fixture(scope="module")
def nlp() -> Language:
    return build()


def labels(nlp: Language, text: str, key: str) -> set[str]:
    doc = nlp(text)
    return {span.label_ for span in doc.spans[key]}


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("em k muốn sống nữa", "wish_to_die"),
        ("em khong muon song nua", "wish_to_die"),
        ("hôm nào ba nhậu say cũng đánh em", "beaten"),
        ("hom nao ba nhau say cung danh em", "beaten"),
        ("chú hay sờ vào người em", "sexual_touch"),
        ("anh ấy dọa tung ảnh", "pictures"),
    ],
)
def test_red_flags_with_and_without_marks(nlp: Language, text: str, flag: str) -> None:
    assert flag in labels(nlp, text, RED_FLAGS)


def test_a_word_without_marks_is_no_red_flag_where_the_writer_uses_marks(nlp: Language) -> None:
    assert labels(nlp, "ba lại gửi danh em sách lớp học của trường", RED_FLAGS) == set()


@pytest.mark.parametrize("text", ["cười muốn chết", "cuoi muon chet"])
def test_benign(nlp: Language, text: str) -> None:
    assert "idiom" in labels(nlp, text, BENIGN)


def test_urgent(nlp: Language) -> None:
    assert "emergency_now" in labels(nlp, "ba đang đập cửa phòng em", URGENT)


def test_entities_lead_to_labels_and_values(nlp: Language) -> None:
    doc = nlp("con 12t, dượng nhắn zalo lúc 7h30 xin 500k, sdt 0912 345 678, web abc.vn/x")
    found = {(span.label_, span.id_) for span in doc.spans[ENTITIES]}
    assert found >= {
        ("age", "12"),
        ("relation", "stepfather"),
        ("platform", "zalo"),
        ("money", "500000"),
        ("phone", "0912345678"),
        ("url", ""),
        ("time", ""),
    }


@pytest.mark.parametrize("written", ["", "(0-2) em", "em (0-2)", "<nobody> em"])
def test_a_pattern_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"a pattern|not defined"):
        compile_pattern("x", written, {})


def test_gaps_sets_and_phrases() -> None:
    pattern = compile_pattern("x", "<who> (0-2) đánh|đánh_đập em", {"who": ["ba", "bố mẹ"]})
    for text in ("ba đánh em", "bố mẹ hay cứ đánh đập em", "BA HAY DANH EM"):
        assert find([pattern], text.split())
    for text in ("ba rồi là cứ đánh em", "đánh em", "bố đánh em"):
        assert not find([pattern], text.split())


def test_the_longest_phrase_of_a_class_wins() -> None:
    words = ["ba", "dượng", "đánh", "răng"]
    assert [name for name, _, _ in classes(words, words)] == ["step", "innocent_hit"]


def test_a_broken_table_names_its_line() -> None:
    path = TABLES / "teencode.yml"
    with pytest.raises(TableError, match=r"teencode.yml:\d+: E-FIELD words"):
        validated(Teencode, {"words": 3}, path)
    assert load_table("teencode.yml", Teencode).words
