"""Tells whether a text speaks of dying as one's wish, idioms included; no model, no state.

By itself "muốn chết quá" is mostly an idiom, and the listener weighs it. After a child has told of harm it is heard as
it is said.
"""

import re
from typing import Final

from nlu.answers.phrases import either, whole_words, words_of

_DYING: Final = whole_words(
    either(
        "muốn chết|chết mất|chết đi|chết quách|chết cho xong|chết cho rồi|chết luôn|không muốn sống|hết muốn sống|"
        "chẳng muốn sống|chán sống|không thiết sống|sống không nổi|muốn biến mất|want to die|wanna die"
    )
)
_HARMLESS: Final = re.compile(
    either("cười|nóng|lạnh|rét|đói|khát|ngứa|nhột|ngon|đẹp|thèm|vui|dễ thương") + r" (?:\S+ )?" + _DYING.pattern
)

_ATTEMPT: Final = either("tự tử|tự sát|tự vẫn")
_ATTEMPTED: Final = whole_words(
    rf"{either('vừa|mới|đã|đang|sắp')} (?:\S+ ){{0,3}}{_ATTEMPT}|{_ATTEMPT} (?:\S+ ){{0,2}}{either('rồi|xong')}"
)


def tells_attempt(text: str) -> bool:
    """Return whether the text says that somebody has just tried, or is trying, to take its own life.

    Only for texts that the listener has heard as self-harm: news and books speak so too.
    """
    return _ATTEMPTED.search(words_of(text)) is not None


def speaks_of_dying(text: str) -> bool:
    """Return whether the text, told after a disclosure, is to be heard as a wish to die."""
    return _DYING.search(_HARMLESS.sub(" ", words_of(text))) is not None
