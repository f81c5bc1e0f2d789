"""One written word of teencode, stretched or misspelt, as the standard words it stands for."""

import re
from functools import cache, lru_cache
from typing import Final

from pydantic import BaseModel, ConfigDict

from nlu.letters import fold_letter, from_keys, is_syllable, place_tones, syllables
from nlu.tables import load_table

_TRIPLE: Final = re.compile(r"(\w)\1{2,}")
_PAIR: Final = re.compile(r"(\w)\1")
_LAUGHTER: Final = re.compile(r"k{2,}|(?:h+[aiejv]+){2,}h?|(?:k[aei]){2,}")
_LEET: Final = str.maketrans("0134@", "oieaa")
_RUN_MARKED: Final = 4
_RUN_PLAIN: Final = 10
_RUN_PARTS: Final = 3
_RUN_LONGEST: Final = 60
_SHORTEST: Final = 3
_LEET_WORD: Final = re.compile(r"[^\W\d_]+[0134@][^\W\d_]+")


class Teencode(BaseModel):
    """The table `teencode.yml`; its head says what each part holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: dict[str, list[str]]
    after_number: dict[str, str]
    keep: list[str]
    starts: dict[str, str]
    inside: dict[str, str]
    emoticons: dict[str, list[str]]


@cache
def table() -> Teencode:
    """The table, read once.

    Raises:
        TableError: the file is broken.
    """
    return load_table("teencode.yml", Teencode)


@cache
def _meanings() -> dict[str, str]:
    return {typed: meant for meant, forms in table().words.items() for typed in forms}


@cache
def _kept() -> frozenset[str]:
    return frozenset(table().keep)


@cache
def written_short() -> frozenset[str]:
    """Words with marks that stand in a text although their writer may use none: không for ko, tuổi for 12t."""
    meant = {said for said, forms in table().words.items() if any(map(str.isascii, forms))}
    return frozenset(word for said in meant | set(table().after_number.values()) for word in said.split())


@cache
def emoticons() -> dict[str, str]:
    """Emoticon or laughter as typed -> its emoji."""
    return {typed: emoji for emoji, forms in table().emoticons.items() for typed in forms}


@lru_cache(maxsize=32768)
def standard(word: str) -> str:
    """The standard form of one lower-case word of letters, with spaces where it stands for several.

    >>> standard("ko"), standard("đauuuu"), standard("nhma"), standard("hoà")
    ('không', 'đau', 'nhưng mà', 'hòa')
    """
    meanings = _meanings()
    if word in meanings:
        return meanings[word]
    if word in emoticons() or _LAUGHTER.fullmatch(word):
        return emoticons().get(word, "😂")
    if word in _kept():
        return word
    word = place_tones(word)
    if is_syllable(word):
        return meanings.get(word, word)
    if word.isascii() and (keyed := from_keys(word)) is not None:
        return meanings.get(keyed, keyed)
    squeezed = _squeeze(word)
    if squeezed in meanings:
        return meanings[squeezed]
    if squeezed in emoticons():
        return emoticons()[squeezed]
    return _respelt(squeezed)


def after_number(letters: str) -> str | None:
    """The word that `letters` stand for right behind a number (12t -> tuổi), or None."""
    return table().after_number.get(letters)


def _squeeze(word: str) -> str:
    """đauuuu -> đau, cứuuu -> cứu, quáaa -> quá; a pair is touched only where a syllable comes out."""
    word = _TRIPLE.sub(r"\1", word)
    if is_syllable(word):
        return word
    paired = _PAIR.sub(r"\1", word)
    if is_syllable(paired) or paired in _meanings():
        return paired
    kept: list[str] = []
    for char in word:
        if kept and fold_letter(kept[-1]) == fold_letter(char):
            continue
        kept.append(char)
    once = "".join(kept)
    return once if is_syllable(once) or once in _meanings() else word


def _respelt(word: str) -> str:
    """Writing by sound (fải, đj, zui) as the syllable meant; the word itself where none comes out."""
    if _LEET_WORD.fullmatch(word):
        word = word.translate(_LEET)
    candidates = [word, *_ended(word)]
    for wrong, right in table().starts.items():
        if word.startswith(wrong):
            candidates.append(right + word[len(wrong) :])
    for candidate in list(candidates):
        for wrong, right in table().inside.items():
            head, tail = candidate[:1], candidate[1:]
            candidates.append(head + tail.replace(wrong, right))
    for candidate in candidates:
        fixed = place_tones(candidate)
        if is_syllable(fixed):
            return _meanings().get(fixed, fixed)
    return _apart(word)


def _ended(word: str) -> list[str]:
    """What a word without its n may be, and q for g: sốg, tưởnq -> sống, tưởng."""
    whole = word[:-1] + "g" if word.endswith("q") else word
    if whole.isascii() or len(whole) < _SHORTEST or whole[-1] not in "gh":
        return [whole]
    return [whole, whole[:-1] + "n" + whole[-1]]


def _apart(word: str) -> str:
    """Words run together (tựtử, khongmuonsong) with their spaces; short ones without marks may be English and stay."""
    if len(word) < (_RUN_PLAIN if word.isascii() else _RUN_MARKED) or len(word) > _RUN_LONGEST:
        return word
    cuts = syllables(word, vowel_first=True)
    if cuts is None or (word.isascii() and len(cuts) < _RUN_PARTS):
        return word
    return " ".join(standard(word[start:end]) for start, end in zip([0, *cuts[:-1]], cuts, strict=True))
