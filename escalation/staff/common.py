"""Passwords that are guessed first: our own list of bases, and the ways in which people stretch one to ten letters.

A list of whole passwords would be worth little, since almost all of the commonest are shorter than what we ask for.
So a password is bared first: accents, case, spaces and signs go, then figures at both ends, then repetition.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qazwsxedcrfvtgbyhnujm")
_REPEATED = re.compile(r"(.+?)\1+")
_FIGURES = re.compile(r"[0-9]+")
_SWAPPED = str.maketrans("@$", "as")


def is_common(password: str, *owned: str) -> bool:
    """Tell whether a password is among those guessed first, or made of `owned`: words of its owner, their name."""
    bare = _bare(password)
    # What is left of signs alone, or of letters of another script, is not for this list to judge.
    if not bare:
        return len(set(password)) == 1
    core = bare.strip("0123456789")
    letters = _FIGURES.sub("", bare)
    if len(set(bare)) == 1 or any(bare in row or bare in row[::-1] for row in _ROWS):
        return True
    bases = _bases() | {_bare(word) for word in owned}
    return bool(bases & {bare, _once(bare), _once(core), _once(letters)})


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d")).translate(_SWAPPED)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def _once(text: str) -> str:
    """Return what a repeated text repeats, else the text itself."""
    found = _REPEATED.fullmatch(text)
    return found.group(1) if found else text


@cache
def _bases() -> frozenset[str]:
    text = files("escalation.staff").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
