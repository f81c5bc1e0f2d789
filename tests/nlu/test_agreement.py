import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.answers import read_agreement
from nlu.marks import without_marks

YES = [
    "đồng ý",
    "gửi đi",
    "cho cô đọc",
    "em đồng ý gửi",
    "I agree",
    "send it",
    "có",
    "yes",
    "dạ có ạ",
    "e dong y gui",
    "gui di",
    "ok gửi đi",
    "gởi đi cô",
    "dạ em đồng ý ạ",
    "em muốn gửi",
    "cứ gửi đi ạ",
    "cô đọc đi",
    "Có.",
    "đồng ý!!!",
]
AMBIGUOUS = [
    "dạ",
    "vâng",
    "ừ",
    "ờ",
    "uh",
    "ok",
    "oke",
    "okela",
    "chắc",
    "chắc là được",
    "tùy",
    "sao cũng được",
    "hình như có",
    "👍",
    "",
    "😭😭",
    "   ",
    "đồng ý cái gì mà đồng ý",
    "đồng ý là sao?",
    "gửi đi đâu?",
    "được",
    "gửi cho ai",
    "đồng ý =))",
    "k sao",
    "gửi được không",
]
NO = [
    "không",
    "ko",
    "k",
    "hok",
    "hông",
    "khỏi",
    "thôi",
    "đừng",
    "ứ",
    "chưa",
    "no",
    "nope",
    "dont",
    "don't send it",
    "ko đồng ý",
    "không gửi đâu",
    "đồng ý nhưng thôi",
    "khong",
    "em chưa muốn",
    "dạ thôi ạ",
    "đừng gửi",
    "k dong y",
    "khum",
    "nếu mẹ biết thì thôi",
    "ok nhưng em chưa muốn gửi",
    "k.h.ô.n.g",
    "khôngggg",
    "dạ hông đồng ý đâu cô",
]
CONDITIONAL = [
    "được nhưng đừng cho bố biết",
    "gửi đi mà đừng nói mẹ",
    "ok nếu không ai biết",
    "đồng ý nhưng đừng nói với ba",
    "gui di nhung dung noi me",
    "nếu không ai biết thì gửi đi",
    "ok but dont tell my mom",
    "dc nhma đừng kể ai",
    "đồng ý miễn là ba em không biết",
    "gửi đi đừng cho mẹ biết nha",
]
OTHER = [
    "hôm nay trời đẹp quá em đi chơi với bạn",
    "em muốn học bài về lừa đảo trên mạng",
    "kể chuyện cười cho em nghe",
]


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert read_agreement(text) == "yes"


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_ambiguous(text: str) -> None:
    assert read_agreement(text) == "ambiguous"


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert read_agreement(text) == "no"


@pytest.mark.parametrize("text", CONDITIONAL)
def test_conditional(text: str) -> None:
    assert read_agreement(text) == "conditional"


@pytest.mark.parametrize("text", OTHER)
def test_other(text: str) -> None:
    assert read_agreement(text) == "other"


@pytest.mark.parametrize("text", AMBIGUOUS + NO + CONDITIONAL + OTHER)
def test_without_diacritics_nothing_becomes_a_yes(text: str) -> None:
    assert read_agreement(without_marks(text)) != "yes"


REFUSALS = st.sampled_from(
    ["không", "ko", "k", "hok", "hông", "khỏi", "thôi", "đừng", "chưa", "no", "nope", "dont", "kh", "khum"]
)
WORDS = st.sampled_from(
    ["dạ", "em", "đồng ý", "gửi đi", "có", "cô", "ạ", "ok", "cho cô đọc", "yes", "được", "I agree", "nha", "."]
)


@given(st.lists(WORDS, max_size=5), REFUSALS, st.lists(WORDS, max_size=5))
def test_a_refusal_anywhere_is_never_a_yes(before: list[str], refusal: str, after: list[str]) -> None:
    for text in (" ".join([*before, refusal, *after]), without_marks(" ".join([*before, refusal, *after])).upper()):
        assert read_agreement(text) != "yes"


@given(st.lists(WORDS, max_size=5), st.sampled_from(["chắc", "tùy", "hình như", "sao cũng được", "nếu", "nhưng", "?"]))
def test_a_hedge_condition_or_question_is_never_a_yes(words: list[str], doubt: str) -> None:
    assert read_agreement(" ".join([*words, doubt])) != "yes"


@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_it_and_noise_is_never_a_yes(text: str) -> None:
    answer = read_agreement(text)
    assert answer in {"yes", "no", "conditional", "ambiguous", "other"}
    assert answer != "yes" or any(letter in text.lower() for letter in "ocyg")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("hôm qua em đi học về thì bố em không có ở nhà nữa rồi", "other"),
        ("em đi học về thì bố em không có ở nhà", "other"),
        ("em đi học về thì bố không có ở nhà", "no"),
        ("không hôm qua em đi học về thì bố em có ở nhà cả ngày", "no"),
        ("lúc nãy em có nói là đồng ý mà giờ em nghĩ lại rồi thôi ạ", "no"),
        ("hôm qua em nghĩ mãi rồi cô ạ em không muốn ai gửi gì hết", "no"),
        ("không, là sao vậy cô?", "no"),
        ("mẹ em không ở nhà?", "ambiguous"),
        ("là sao, em không hiểu", "ambiguous"),
        ("gửi đi cho ai, em không cho đọc", "no"),
        ("em không sao", "ambiguous"),
    ],
)
def test_a_refusal_word_is_weighed_by_where_it_stands_and_what_it_refuses(text: str, answer: str) -> None:
    assert read_agreement(text) == answer
