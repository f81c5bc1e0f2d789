"""A message as sent becomes canonical Vietnamese, and every position still knows where it came from.

What is done: Unicode composition, lower case, look-alike letters, zero-width characters, spaced-out or dotted
letters ("b.ố", "t ự  t ử"), tone-mark placement, teencode, stretched letters, emoticons. Nothing is guessed from
the words around: a text without diacritics stays so, and `folded` is the form in which the two kinds meet.
"""

import re
from dataclasses import dataclass
from typing import Final

from nlu.letters import LINK, clean_letter, compose, fold, fold_letter, is_syllable, syllables
from nlu.teencode import after_number, emoticons, standard

__all__ = ["LIMIT", "Normalised", "fold", "normalise"]

LIMIT: Final = 12_000
"""Code points read of one text; of a longer one the first and the last half of this."""

_COMBINING: Final = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]")
_SIGN_INSIDE: Final = re.compile(r"[.*_\-·~|][^\W\d_]")
_DOTTED: Final = re.compile(
    r"(?<![\w.@/-])(?:"
    r"(?:[^\W\d_][.*_\-·~|]{1,2}){1,20}[^\W\d_]{1,6}"
    r"|[^\W\d_]{1,3}(?:[.*_\-·~|]{1,2}[^\W\d_](?!\w)){1,20}"
    r"|(?:ch|gh|kh|ngh?|nh|ph|th|tr)[.*_\-·~|]{1,2}[^\W\d_]{1,5}"
    r")(?![\w@/])"
)
_SPACED: Final = re.compile(r"(?<!\w)[^\W\d_](?: {1,3}[^\W\d_](?!\w))+")
_LEFT_OVER: Final = r" (?:ết|iết|iếp|ửi|uổi|ốt|ập|ục|ạt|ạo|ưỡng|ắt|ạm|ỡ|ợ|ự|ử|ạc|(?<=đ )ánh|(?<=s )àm|(?<=s )ờ)(?!\w)"
_TORN: Final = re.compile(_LEFT_OVER)
_BROKEN: Final = re.compile(r"(?<!\w)(?:[bcdđghklmnpqrstvx]|ch|gi|kh|ngh?|nh|ph|th|tr) {0,2}" + _LEFT_OVER)
"""A word broken after its first consonant: what stands behind the space is no word of its own."""
_LONE_VOWELS: Final = frozenset("ôòóỏõọốồổỗộớợỡáãạắằẳẵặấầẩẫậèẻẽẹéềểễệếìỉĩịíùủũụúứừửữựýỳỹỵ") - frozenset("ờừứớủ")
_WORDLESS: Final = frozenset("bcdđghklmnpqrstvx")
_TOKEN: Final = re.compile(
    rf"(?P<url>{LINK})"
    r"|(?P<emoticon>[:=;]['’]?[-]?(?:[()<>]+|\]+|[dpv3|/](?!\w))|\^[_.]*\^|-_+-|t_+t|<3)"
    r"|(?P<number>\d+)"
    r"|(?P<word>[^\W\d_]+(?:[0134@][^\W\d_]+)?)"
    r"|(?P<space>\s+)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_SKIN_TONES: Final = frozenset("🏻🏼🏽🏾🏿")
_FIRST_SYMBOL: Final = "\u2190"
"""Arrows, symbols and emoji begin here."""
_SAD: Final = frozenset("(<")


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """A text and its canonical form; `text`, `folded`, `starts` and `ends` have one length.

    `starts[i]` and `ends[i]` are the code points of `source` that character i of `text` stands for.
    """

    source: str
    text: str
    folded: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of `source` that `text[start:end]` stands for; never outside it, never reversed."""
        if not self.text or start >= end:
            return (0, 0)
        return self.starts[max(start, 0)], self.ends[min(end, len(self.text)) - 1]


class _Cleaned:
    """Characters still without words: text, and where each came from."""

    __slots__ = ("chars", "ends", "starts")

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, text: str, start: int, end: int) -> None:
        """Append `text`, all of it standing for source[start:end]."""
        for char in text:
            self.chars.append(char)
            self.starts.append(start)
            self.ends.append(end)

    def keep(self, wanted: list[int]) -> None:
        """Leave only the characters at these positions."""
        self.chars = [self.chars[at] for at in wanted]
        self.starts = [self.starts[at] for at in wanted]
        self.ends = [self.ends[at] for at in wanted]


def normalise(text: str) -> Normalised:
    """The canonical form of any text; never raises.

    >>> normalise("b.ố ĐÁNHHHH e").text
    'bố đánh em'
    """
    cleaned = _clean(text)
    joined = "".join(cleaned.chars)
    if _SIGN_INSIDE.search(joined) or _SPACED.search(joined) or _TORN.search(joined):
        _close_up(cleaned)
        joined = "".join(cleaned.chars)
    built = _Cleaned()
    previous = ""
    for found in _TOKEN.finditer(joined):
        kind = found.lastgroup or "sign"
        _emit(built, cleaned, found, kind, previous)
        previous = kind
    while built.chars and built.chars[-1] == " ":
        built.keep(list(range(len(built.chars) - 1)))
    canonical = "".join(built.chars)
    return Normalised(
        source=text,
        text=canonical,
        folded="".join(map(fold_letter, canonical)),
        starts=tuple(built.starts),
        ends=tuple(built.ends),
    )


def _clean(text: str) -> _Cleaned:
    """Letters in canonical form, marks composed, what shows nothing dropped, a too long text cut in its middle."""
    cleaned = _Cleaned()
    chars, starts, ends = cleaned.chars, cleaned.starts, cleaned.ends
    half = LIMIT // 2
    skipped = range(half, len(text) - half) if len(text) > LIMIT else range(0)
    for at, char in enumerate(text):
        if at in skipped:
            continue
        if skipped and at == skipped.stop:
            cleaned.add(" ", at, at)
        for part in clean_letter(char):
            if _COMBINING.match(part):
                if chars and chars[-1] != " ":
                    chars[-1] = compose(chars[-1], part)
                    ends[-1] = at + 1
                continue
            chars.append(part)
            starts.append(at)
            ends.append(at + 1)
    return cleaned


def _close_up(cleaned: _Cleaned) -> None:
    """b.ố -> bố, t ự  t ử -> tự tử, where syllables come out."""
    text = "".join(cleaned.chars)
    drop: set[int] = set()
    for found in _DOTTED.finditer(text):
        letters = "".join(char for char in found[0] if char.isalpha())
        if is_syllable(letters) or (len(letters) > 2 and standard(letters) != letters):  # noqa: PLR2004 - t.p stays
            drop.update(at for at in range(*found.span()) if not text[at].isalpha())
    for found in _SPACED.finditer(text):
        if found.start() - 1 not in drop and found.end() not in drop:
            drop.update(_needless_spaces(text, found.start(), found.end()))
    for found in _BROKEN.finditer(text):
        if found.start() - 1 not in drop and is_syllable(found[0].replace(" ", "")):
            drop.update(at for at in range(*found.span()) if text[at] == " ")
    if drop:
        cleaned.keep([at for at in range(len(text)) if at not in drop])


def _needless_spaces(text: str, start: int, end: int) -> list[int]:
    """The spaces inside a run of single letters that only hide a word."""
    letters = [at for at in range(start, end) if text[at] != " "]
    run = "".join(text[at] for at in letters)
    if len(run) == 2:  # noqa: PLR2004 - "b ố": the vowel is no word of its own
        hidden = run[0] in _WORDLESS and run[1] in _LONE_VOWELS
        return list(range(letters[0] + 1, letters[1])) if hidden else []
    cuts = syllables(run)
    if cuts is None:
        return []
    spaces: list[int] = []
    for index in range(len(letters) - 1):
        gap = list(range(letters[index] + 1, letters[index + 1]))
        spaces.extend(gap if index + 1 not in cuts else gap[1:])
    return spaces


def _emit(built: _Cleaned, cleaned: _Cleaned, found: re.Match[str], kind: str, previous: str) -> None:
    """Write one token in its canonical form."""
    start, end = found.span()
    here, there = cleaned.starts[start], cleaned.ends[end - 1]
    if kind == "space":
        if built.chars and built.chars[-1] != " ":
            built.add(" ", here, there)
    elif kind == "word":
        _emit_word(built, cleaned, found, previous)
    elif kind == "emoticon":
        _emit_alone(built, _emoticon(found[0]), here, there)
    elif kind == "sign":
        _emit_sign(built, found[0], here, there)
    else:
        if kind == "number" and previous == "word":
            built.add(" ", here, here)
        for at in range(start, end):
            built.add(found[0][at - start], cleaned.starts[at], cleaned.ends[at])


def _emit_sign(built: _Cleaned, sign: str, start: int, end: int) -> None:
    """Emoji stand alone, a run of one sign counts once, a skin tone says nothing."""
    if sign in _SKIN_TONES:
        return
    if sign < _FIRST_SYMBOL or sign.isalnum():
        if not built.chars or built.chars[-1] != sign:
            built.add(sign, start, end)
    elif built.chars[-2:] != [sign, " "]:
        _emit_alone(built, sign, start, end)


def _emit_word(built: _Cleaned, cleaned: _Cleaned, found: re.Match[str], previous: str) -> None:
    start, end = found.span()
    typed = found[0]
    here, there = cleaned.starts[start], cleaned.ends[end - 1]
    meant = after_number(typed) if previous == "number" else None
    if meant is not None:
        built.add(" " + meant, here, there)
        return
    neighbours = found.string[start - 1 : start] + found.string[end : end + 1]
    short = len(typed) == 1 and any(char.isdigit() or char == "-" for char in neighbours)
    meant = typed if short else standard(typed)
    if len(meant) == len(typed):
        for at in range(start, end):
            built.add(meant[at - start], cleaned.starts[at], cleaned.ends[at])
    elif not meant.isascii() and not meant[0].isalpha():
        _emit_alone(built, meant, here, there)
    else:
        built.add(meant, here, there)


def _emit_alone(built: _Cleaned, token: str, start: int, end: int) -> None:
    """A token with a space on either side; spaces made here stand for no character."""
    if built.chars and built.chars[-1] != " ":
        built.add(" ", start, start)
    built.add(token, start, end)
    built.add(" ", end, end)


def _emoticon(typed: str) -> str:
    known = emoticons().get(typed)
    if known is not None:
        return known
    if any(char in _SAD for char in typed):
        return "😢"
    return "😂" if typed.count(")") > 1 or "]" in typed else "🙂"
