"""Reads a typed quick exit, and whether a text is English."""

import re
from functools import cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from nlu.answers.phrases import SELF, either, made_of, words_of
from nlu.tables import load_table

_EXIT: Final = made_of(
    either(
        "thoát|thoát ra|thoát ngay|thoát nhanh|thoát gấp|exit|quit|tắt đi|tắt|tắt ngay|tắt liền|"
        "tắt nhanh|đóng lại|đóng|đóng chat|"
        "ẩn đi|ẩn ngay|giấu đi|tắt máy|tắt chat|thoát chat|thoát khẩn cấp|close"
    ),
    f"{SELF}|{either('ra|đi|ngay|liền|nhanh|nhanh lên|lẹ|ạ|nha|luôn|mau|bot|giùm|giúp|cho|muốn|khỏi đây|chat|now')}",
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHARE: Final = 0.5
_FEWEST: Final = 2


class _Languages(BaseModel):
    """The table `languages.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    english: str
    vietnamese: str


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    table = load_table("languages.yml", _Languages)
    return frozenset(table.english.split()), frozenset(table.vietnamese.split())


def read_exit(text: str) -> bool:
    """Whether the whole text means "leave at once" ("thoát", "/exit", "tắt đi")."""
    return _EXIT.fullmatch(words_of(text)) is not None


def read_language(text: str) -> Literal["vi", "en"]:
    """The language of `text`: "en" only where half its words are plain English ones and none is marked; else "vi"."""
    raw = text.lower().replace("'", "").replace("’", "")
    if not raw.isascii() and re.search(r"[à-ỹđ]", raw):
        return "vi"
    words = _WORD.findall(raw)
    known_english, known_vietnamese = _known()
    english = sum(word in known_english for word in words)
    vietnamese = sum(word in known_vietnamese for word in words)
    # One word decides nothing: Vietnamese children say "hi", "hello", "ok" and "bye" too.
    enough = english >= _FEWEST and english >= _SHARE * len(words)
    return "en" if enough and english > vietnamese else "vi"
