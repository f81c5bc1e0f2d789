"""Words and phrases as people type them: with marks, or wholly without."""

import re
from functools import cache
from typing import Final

from nlu.letters import fold
from nlu.normalise import normalise

_WORDS: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words_of(text: str) -> str:
    """The canonical words of `text` with single spaces, signs and emoji left out; English apostrophes closed up."""
    closed = re.sub(r"['’]", "", text)
    return " ".join(_WORDS.findall(normalise(closed).text))


@cache
def either(phrases: str) -> str:
    """A regular expression for phrases divided by `|`, each word with its marks or without.

    A phrase that begins with `=` stands as it is only: without marks it would be another word (chờ, cho).

    >>> re.fullmatch(either("đồng ý|gửi"), "dong y") is not None
    True
    """
    return "(?:" + "|".join(_one(phrase) for phrase in _longest_first(phrases)) + ")"


def _longest_first(phrases: str) -> list[str]:
    return sorted((phrase.strip() for phrase in phrases.split("|")), key=len, reverse=True)


def _one(phrase: str) -> str:
    if phrase.startswith("="):
        return re.escape(phrase[1:])
    words = []
    for word in phrase.split():
        bare = fold(word)
        words.append(re.escape(word) if bare == word else f"(?:{re.escape(word)}|{re.escape(bare)})")
    return " ".join(words)


def whole_words(expression: str) -> re.Pattern[str]:
    """`expression` compiled to match whole words only."""
    return re.compile(rf"(?<!\S)(?:{expression})(?!\S)")


def made_of(core: str, around: str) -> re.Pattern[str]:
    """Matches words_of(text) that hold `core` at least once and besides it nothing but `around`."""
    filler = f"(?:(?:{around}) )*"
    return re.compile(rf"{filler}(?:{core})(?: (?:{core}|{around}))*")


PEOPLE: Final = either(
    "cô|chị|anh|thầy|chú|bác|cô ấy|mấy cô|các cô|mọi người|111|tổng đài|tư vấn viên|cô tư vấn|"
    "chị tư vấn|anh chị|"
    "cô chú|bạn|khiên|khiên nhỏ|người ta|bot|ad|mấy chị|các chị|cô 111|tổng đài 111|cán bộ|người lớn"
)
SELF: Final = either("em|con|mình|cháu|tớ|tôi|tao|tụi em|chúng em|bọn em")
POLITE: Final = either(
    "dạ|vâng|ạ|thưa|ơi|nha|nhé|nhá|nghen|nè|với|luôn|ừ|ok|rồi ạ|giùm|giúp|hộ|cho|please|pls|plz|à|đó|"
    "á|vậy|yes|"
    "dạ vâng|đi ạ|liền|ngay|i|me|you|xin|hết"
)
