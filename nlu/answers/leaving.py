"""Reads which numbered lines a person wants left out of what it shares: "bỏ câu 2", "bỏ dòng 2 và 3", "leave out 2"."""

import re
from typing import Final
from unicodedata import normalize

from nlu.answers.phrases import either

_MOST_DIGITS: Final = 3
_NUMBERS: Final = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_UNIT: Final = either("câu số|dòng số|tin số|câu|dòng|tin|số|các câu|các dòng|những câu|những dòng|lines|line|number")
_LEAVE: Final = either(
    "bỏ|bỏ đi|bỏ ra|bỏ bớt|bỏ qua|xóa|xoá|giấu|che|đừng gửi|đừng cho đọc|không gửi|đừng cho cô chú đọc|"
    "leave out|remove|hide|drop|dont send|do not send"
)
_DIGITS: Final = rf"\d{{1,{_MOST_DIGITS}}}"
_WORD: Final = either("|".join(_NUMBERS))
# A number in words needs "câu" before it: "bỏ ba" may be about a father.
_ONE: Final = rf"(?:(?:{_UNIT} )?{_DIGITS}|{_UNIT} {_WORD})(?: (?:{either('đến|tới|to')}|-) {_DIGITS})?"
_AND: Final = either("và|với|cả|and")
_BEFORE: Final = either("dạ|vâng|em muốn|con muốn|mình muốn|tôi muốn|cho em|cho con|giúp em|please|i want to|xin")
_BEHIND: Final = either("ạ|nha|nhé|nhe|đi|giúp em|giúp con|giùm em|ra|please|hộ em")
_MORE: Final = rf"(?: {_AND})?(?: (?:{_LEAVE} )?{_ONE}| {_WORD}(?!\S))"
_TEXT: Final = re.compile(rf"(?:{_BEFORE} )*{_LEAVE} (?:{_AND} )?{_ONE}(?:{_MORE})*(?: {_BEHIND})*")
_SPAN: Final = re.compile(rf"({_DIGITS}) (?:{either('đến|tới|to')}|-) ({_DIGITS})")
_SIGNS: Final = re.compile(r"[^\w\-]+")


def read_leaving_out(text: str) -> tuple[int, ...] | None:
    """The numbers of the lines to leave out, each once and in order; None where the whole text says anything else."""
    words = _words(text)
    if _TEXT.fullmatch(words) is None:
        return None
    found: set[int] = set()
    for first, last in _SPAN.findall(words):
        found |= set(range(int(first), int(last) + 1))
    for word in _SPAN.sub(" ", words).split():
        found |= {int(word)} if word.isdecimal() else {_NUMBERS[name] for name in _NUMBERS if _means(word, name)}
    return tuple(sorted(found))


def _words(text: str) -> str:
    """Small letters and single spaces; a dash between two numbers stands alone."""
    spaced = re.sub(r"(?<=\d)\s*[-–—]\s*(?=\d)", " - ", normalize("NFC", text).casefold().replace("'", ""))
    return " ".join(_SIGNS.sub(" ", spaced).split())


def _means(word: str, name: str) -> bool:
    return re.fullmatch(either(name), word) is not None
