"""Names as they are looked up: bare letters, short words written out, `y` and `i` alike at a syllable's end."""

import re

from content.answers import Spelling, Word, spell

KINDS = {
    "thanh pho": "Thành phố", "city": "Thành phố", "tinh": "Tỉnh", "province": "Tỉnh",
    "quan": "Quận", "district": "Quận", "huyen": "Huyện", "thi xa": "Thị xã",
    "phuong": "Phường", "ward": "Phường", "xa": "Xã", "x": "Xã", "commune": "Xã",
    "thi tran": "Thị trấn", "tt": "Thị trấn", "dac khu": "Đặc khu",
}  # fmt: skip
"""The words before a name that say what it is, by their key."""
_SHORT = {"tp": ("thanh", "pho"), "tx": ("thi", "xa"), "q": ("quan",), "h": ("huyen",), "p": ("phuong",)}
_GLUED = re.compile(r"([a-z]{1,8})([0-9]{1,2})")
_LAST_Y = re.compile(r"^([^aeiouy]+|qu)y$")


def words(text: str) -> Spelling:
    """Take a text apart into words, "q7" and "tp" written out and 07 as 7."""
    return tuple(word for typed in spell(text) for word in _written_out(typed))


def key(typed: Spelling) -> str:
    """Return the letters that two spellings of one name share ("Quy Nhơn", "qui nhon")."""
    return " ".join(_LAST_Y.sub(r"\1i", word.bare) for word in typed)


def _written_out(word: Word) -> tuple[Word, ...]:
    glued = _GLUED.fullmatch(word.bare)
    if glued:
        return (*_written_out(_plain(glued[1])), _plain(glued[2].lstrip("0") or "0"))
    if word.bare.isdecimal():
        return (_plain(word.bare.lstrip("0") or "0"),)
    return tuple(_plain(each) for each in _SHORT[word.bare]) if word.bare in _SHORT else (word,)


def _plain(bare: str) -> Word:
    return Word(bare, ("",) * len(bare), "")
