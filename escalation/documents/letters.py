"""What a text may bring into a document: letters that mean nothing but themselves. Pure.

A child may have typed anything. What reverses or hides other letters (Unicode's bidirectional and other format
controls) is left out, what ends a line ends a line, and what no file may hold leaves a sign that something stood there.
HTML, markup and formulas need no escaping here: DOCX and PDF take every value as text and evaluate none of it.
"""

import re
import unicodedata
from typing import Literal

Language = Literal["vi", "en"]
LEFT_OPEN = "…" * 20  # a line to be filled in by hand
_LOST = "\N{REPLACEMENT CHARACTER}"
_LINE_ENDS = str.maketrans({"\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "})
_NO_LETTERS = "\ufffe\uffff"  # with the halves of a letter (lone surrogates) all that XML cannot hold
_LINE_ENDS_TYPED = "\r\n\t"
_MARKUP = re.compile(r"<(?=[A-Za-z/!])")
_JOINERS = "\u200c\u200d"  # they build one sign of several, and hide nothing

# What the fonts inside typst draw, as ranges; a test draws every letter of them.
_DRAWN = (
    (0x20, 0x7E),
    (0xA0, 0x484),
    (0x48A, 0x4FF),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x2040),
    (0x20A0, 0x20BF),
    (0x2190, 0x23FF),
    (0x2460, 0x25FF),
    (0x2609, 0x262F),
    (0x2638, 0x268B),
    (0x2713, 0x2714),
    (0x2764, 0x2764),
)
_UNSEEN = ((0x200C, 0x200D), (0xFE00, 0xFE0F), (0x1F3FB, 0x1F3FF))  # joiners, variants, colours of skin
# The signs that children use most, where the reader's language is Vietnamese; the rest has its name in Unicode.
_NAMES_VI = {
    "😀": "mặt cười",
    "😁": "mặt cười tươi",
    "😂": "cười ra nước mắt",
    "🤣": "cười lăn lộn",
    "😊": "mỉm cười",
    "😍": "mắt trái tim",
    "😘": "hôn gió",
    "😅": "cười trừ",
    "😐": "mặt không cảm xúc",
    "😔": "mặt buồn",
    "😞": "mặt thất vọng",
    "😟": "mặt lo lắng",
    "😢": "mặt khóc",
    "😥": "mặt buồn, toát mồ hôi",
    "😨": "mặt sợ hãi",
    "😰": "mặt lo, toát mồ hôi lạnh",
    "😱": "mặt hét lên vì sợ",
    "😭": "mặt khóc to",
    "😡": "mặt tức giận",
    "😠": "mặt giận",
    "😳": "mặt đỏ bừng",
    "🥺": "mặt cầu xin",
    "🤕": "mặt bị thương",
    "🙏": "chắp tay",
    "👍": "ngón tay cái giơ lên",
    "👎": "ngón tay cái chỉ xuống",
    "💔": "trái tim vỡ",
}


def plain(text: str) -> str:
    """Return the text in composed letters, without controls of any kind, its lines ended by a newline each."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_ENDS))
    return "".join(_safe(letter) for letter in composed)


def odd_signs(text: str) -> int:
    """Return how many signs of a text hide or turn others, or begin markup: as typed, they may mislead a reader."""
    hidden = sum(letter not in _LINE_ENDS_TYPED and _safe(letter) != letter for letter in text)
    return hidden + len(_MARKUP.findall(text))


def drawn(text: str, language: Language) -> str:
    """Return plain text in which every sign that the PDF's fonts do not have is named, in square brackets."""
    return "".join(_seen(letter, language) for letter in plain(text))


def _safe(letter: str) -> str:
    if letter == "\n" or letter in _JOINERS:
        return letter
    category = unicodedata.category(letter)
    if category in ("Cc", "Cf"):
        return ""
    return _LOST if category == "Cs" or letter in _NO_LETTERS else letter


def _seen(letter: str, language: Language) -> str:
    if letter == "\n" or (_within(letter, _DRAWN) and unicodedata.category(letter) != "Cn"):
        return letter
    if _within(letter, _UNSEEN):
        return ""
    name = _NAMES_VI.get(letter) if language == "vi" else None
    return f"[{name or unicodedata.name(letter, f'U+{ord(letter):04X}').lower()}]"


def _within(letter: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(letter) <= last for first, last in ranges)
