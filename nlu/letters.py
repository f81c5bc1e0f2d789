"""Single letters and syllables of written Vietnamese: folding, look-alikes, tone placement, what can be a syllable."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

LINK: Final = (
    r"(?:https?://[^\s<>\"]+|www\.[^\s<>\"]+|(?<![\w.])[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,9}"
    r"\.(?:com|vn|net|org|me|info|xyz|top|link|gl|ly|cc|app|io|shop|club)\b(?:/[^\s<>\"]*)?)"
)
"""A web address in lower-case text, as an expression."""

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


_TWO_VOWELS: Final = (("i", "ê"), ("y", "ê"), ("u", "ô"), ("ư", "ơ"), ("u", "â"), ("u", "ê"))
"""The second letter always bears the tone: ngừơi -> người."""
_OPEN: Final = (("o", "a"), ("o", "e"), ("u", "y"))
"""The first bears it where the syllable ends here (hoà -> hòa), the second where a letter follows (hòan -> hoàn)."""
_FALLING: Final = tuple(zip("aaaaââoôơuưuưeiêư", "iouyuyiiiiiaaouuu", strict=True))
"""The first always bears it: đoí -> đói, cuả -> của."""


def _pairs(vowels: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Tone on the first of two letters -> the same tone on the second."""
    compose_mark = unicodedata.normalize
    return {
        compose_mark("NFC", first + tone) + second: first + compose_mark("NFC", second + tone)
        for first, second in vowels
        for tone in _TONES
    }


_LATE: Final = _pairs(_TWO_VOWELS) | _pairs(_OPEN)
_EARLY: Final = {late: early for early, late in _pairs(_OPEN + _FALLING).items()}
_WRONG_TONE: Final = re.compile(
    "(?:" + "|".join(_pairs(_TWO_VOWELS)) + ")"
    "|(?<!q)(?:" + "|".join(_pairs(_OPEN)) + r")(?=[^\W\d_])"
    "|(?<!q)(?:" + "|".join(_EARLY) + r")(?![^\W\d_])"
)  # fmt: skip


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
    return _LATE.get(found[0]) or _EARLY[found[0]]


_TELEX: Final = re.compile(
    r"dd[aeiouy].*|.*uo?w.*|.*(?:aa|ee|oo)[a-z]*[sfrxj]|.*[ao]w[a-z]*[frxj]|.*[ao]w(?:n|ng|m|p|t|c|i)s|[a-z]{2,}j"
    r"|.*(?:nh|ng|ch)[fxj]"
)
"""Keys of a keyboard whose Vietnamese was off, as only they follow each other (ddanhs); English keeps its words."""
_KEYS: Final = (("uow", "ươ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"))
_LONGEST_KEYED: Final = 10
_TONE_KEYS: Final = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_BEFORE_TONE: Final = re.compile(r"gi(?=[aăâeêoôơuư])|qu|[^aăâeêioôơuưy]*")


def from_keys(word: str) -> str | None:
    """The word that Telex keys stand for (ddanhs -> đánh, muoons -> muốn), or None."""
    if len(word) > _LONGEST_KEYED or not _TELEX.fullmatch(word):
        return None
    tone = _TONE_KEYS.get(word[-1], "")
    typed = word[:-1] if tone else word
    typed = "đ" + typed[2:] if typed.startswith("dd") else typed
    for keys, letter in _KEYS:
        typed = typed.replace(keys, letter)
    before = _BEFORE_TONE.match(typed)
    at = before.end() if before is not None else 0
    if tone:
        typed = typed[:at] + compose(typed[at : at + 1], tone) + typed[at + 1 :]
    meant = place_tones(typed)
    return meant if is_syllable(meant) and not meant.isascii() else None


_STARTS_SYLLABLE: Final = frozenset("bcdđghklmnpqrstvx")
_LONGEST_SYLLABLE: Final = 7


def syllables(run: str, *, vowel_first: bool = False) -> list[int] | None:
    """Where `run` splits into the fewest syllables that each begin with a consonant, its end included, or None.

    With `vowel_first` the first may be one like "em".
    """
    best: list[list[int] | None] = [None] * (len(run) + 1)
    best[0] = []
    for end in range(2, len(run) + 1):
        for start in range(max(0, end - _LONGEST_SYLLABLE), end - 1):
            before = best[start]
            if before is None or not (run[start] in _STARTS_SYLLABLE or (vowel_first and not start)):
                continue
            if not is_syllable(run[start:end]):
                continue
            known = best[end]
            if known is None or len(before) + 1 < len(known):
                best[end] = [*before, end]
    return best[-1]


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether `word` (lower case, with or without marks) can be one Vietnamese syllable."""
    bare = "".join(map(fold_letter, word))
    return bool(_SYLLABLE.fullmatch(bare)) and not _NO_ONSET_K.match(bare)
