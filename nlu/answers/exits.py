"""Reads a typed quick exit, and whether a text is English."""

import re
from typing import Final, Literal

from nlu.answers.phrases import SELF, either, made_of, words_of

_EXIT: Final = made_of(
    either(
        "thoát|thoát ra|thoát ngay|thoát nhanh|thoát gấp|exit|quit|tắt đi|tắt|tắt ngay|tắt liền|tắt nhanh|đóng lại|đóng|đóng chat|"
        "ẩn đi|ẩn ngay|giấu đi|tắt máy|tắt chat|thoát chat|thoát khẩn cấp|close"
    ),
    f"{SELF}|{either('ra|đi|ngay|liền|nhanh|nhanh lên|lẹ|ạ|nha|luôn|mau|bot|giùm|giúp|cho|muốn|khỏi đây|chat|now')}",
)
_ENGLISH: Final = frozenset(
    "i you he she it we they me my your his her our their is are was were am be been do does did dont didnt doesnt have has had "
    "the an and or but not no yes what when where who why how this that these those of for to in on at with from about "
    "can could will would should please help want need know tell talk think feel because if then there here "
    "hello hi thanks thank hurt hurts scared dad mom father mother school friend friends someone something "
    "im ive its lets online game kill died die alone sad afraid he's she's keeps keep sending pictures asked meet".split()
)
_VIETNAMESE: Final = frozenset(
    "em toi minh khong la co cua bi ba bo me con nha anh chi ban hoc lam gi vay roi duoc nhu the nao ma thi di o voi cho "
    "muon biet ai chau ong cung dang nay do day hoi noi nguoi thay hay ve vao ra bay gio".split()
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHARE: Final = 0.5
_FEWEST: Final = 2


def read_exit(text: str) -> bool:
    """Whether the whole text means "leave at once" ("thoát", "/exit", "tắt đi")."""
    return _EXIT.fullmatch(words_of(text)) is not None


def read_language(text: str) -> Literal["vi", "en"]:
    """The language of `text`: "en" only where half its words are plain English ones and none is marked; else "vi"."""
    raw = text.lower().replace("'", "").replace("’", "")
    if not raw.isascii() and re.search(r"[à-ỹđ]", raw):
        return "vi"
    words = _WORD.findall(raw)
    english = sum(word in _ENGLISH for word in words)
    vietnamese = sum(word in _VIETNAMESE for word in words)
    enough = english >= min(_FEWEST, len(words)) and english >= _SHARE * len(words)
    return "en" if words and enough and english > vietnamese else "vi"
