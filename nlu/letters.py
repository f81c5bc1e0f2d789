"""Single letters and syllables of written Vietnamese: folding, look-alikes, tone placement, what can be a syllable."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LOOK_ALIKES: Final = str.maketrans(
    "аеорсхуіјѕԁһɡвкмнтαοερυιɑᴀßƌðʋ٠",
    "aeopcxyijsdhgbkmhtaoepuiaasddvo",
)
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_ACUTE_STOPS: Final = re.compile(r"(?:c|ch|p|t)$")
_ONSETS: Final = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|b|c|d|g|h|k|l|m|n|p|q|r|s|t|v|x"
_NUCLEI: Final = (
    "uyen|uyet|uya|uyu|uynh|uych|uyt|uy|uay|uang|uac|uan|uat|uai|uanh|uach|oai|oay|oan|oat|oang|oac|oanh|oach|"
    "oao|oam|oap|oem|oen|oet|oeo|oe|oong|ooc|oa|uou|uoi|uon|uot|uong|uoc|uom|uop|ua|uen|uech|uenh|ue|uo|"
    "ieu|yeu|ien|yen|iet|yet|ieng|yeng|iec|iem|yem|iep|ia|ya|ai|ay|ao|au|anh|ang|an|am|ach|ac|at|ap|a|"
    "eu|eo|enh|eng|en|em|ech|ec|et|ep|e|iu|inh|in|im|ich|it|ip|i|oi|ong|on|om|oc|ot|op|o|"
    "uu|ui|ung|un|um|uc|ut|up|u|yt|ynh|yp|y"
)
_SYLLABLE: Final = re.compile(rf"(?:{_ONSETS})?(?:{_NUCLEI})")
_NO_ONSET_K: Final = re.compile(r"k[aou]|c[iey]|q(?!u)|ngh?$|g[eiy](?<!gi)|gh[aou]")


def _tone_table() -> dict[str, str]:
    """Misplaced tone marks and their right place: hoà -> hòa, ngừơi -> người."""
    table: dict[str, str] = {}
    for tone in _TONES:
        for first, second in ("iê", "yê", "uô", "ươ", "uâ", "uê"):
            wrong = unicodedata.normalize("NFC", first + tone) + second
            table[wrong] = first + unicodedata.normalize("NFC", second + tone)
        for first, second in ("oa", "oe", "uy"):
            early = unicodedata.normalize("NFC", first + tone) + second
            late = first + unicodedata.normalize("NFC", second + tone)
            table[early + "+"] = late  # a letter follows: hòan -> hoàn
            table[late] = early  # the syllable ends here: hoà -> hòa
    return table


_TONE_PLACES: Final = _tone_table()
_WRONG_TONE: Final = re.compile(
    "|".join(re.escape(key) for key in _TONE_PLACES if len(key) == 2 and key[0] not in "ou")
    + "|(?<!q)(?:"
    + "|".join(re.escape(key) for key in _TONE_PLACES if len(key) == 2 and key[0] in "ou")
    + r")(?![^\W\d_])|(?<!q)(?:"
    + "|".join(re.escape(key[:2]) for key in _TONE_PLACES if key.endswith("+"))
    + r")(?=[^\W\d_])|"
    + "|".join(re.escape(key) for key in _TONE_PLACES if len(key) == 2 and key[1] in "ôâê")
)


def fold(text: str) -> str:
    """`text` lower-case, without marks, đ as d, single spaces; folding twice changes nothing.

    >>> fold("  Bố  ĐÁNH em ")
    'bo danh em'
    """
    folded = _strip(text)
    again = _strip(folded)
    while again != folded:  # a few scripts need a second pass (final sigma, stacked marks)
        folded, again = again, _strip(again)
    return folded


def _strip(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.lower())
    bare = "".join(char for char in parts if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", bare.replace("đ", "d")).split())


@lru_cache(maxsize=8192)
def fold_letter(char: str) -> str:
    """One code point without its mark; always exactly one code point."""
    if char == "đ":
        return "d"
    return unicodedata.normalize("NFD", char)[:1] or char


@lru_cache(maxsize=8192)
def clean_letter(char: str) -> str:
    """One code point as sent in canonical lower case; empty when it shows nothing (zero width, control)."""
    if char in "\n\r\t":
        return " "
    if unicodedata.category(char) in {"Cf", "Cc", "Cs", "Co", "Cn"} or "\ufe00" <= char <= "\ufe0f":
        return ""
    return unicodedata.normalize("NFKC", char).lower().translate(_LOOK_ALIKES)


@lru_cache(maxsize=4096)
def compose(letter: str, mark: str) -> str:
    """`letter` with a combining mark: the composed letter, or the letter alone where none exists."""
    parts = unicodedata.normalize("NFD", letter)
    for order in (parts + mark, parts[:1] + mark + parts[1:]):
        joined = unicodedata.normalize("NFC", order)
        if len(joined) == 1:
            return joined
    return letter


def place_tones(word: str) -> str:
    """Tone marks at their one agreed place, the length kept: hoà -> hòa, qúy -> quý."""
    if word.isascii():
        return word
    return _WRONG_TONE.sub(_move_tone, word)


def _move_tone(found: re.Match[str]) -> str:
    pair = found[0]
    if pair + "+" in _TONE_PLACES and found.string[found.end() : found.end() + 1].isalpha():
        return _TONE_PLACES[pair + "+"]
    return _TONE_PLACES.get(pair, pair)


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether `word` (lower case, with or without marks) can be one Vietnamese syllable."""
    bare = "".join(map(fold_letter, word))
    return bool(_SYLLABLE.fullmatch(bare)) and not _NO_ONSET_K.match(bare)
