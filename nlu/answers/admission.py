"""Tells whether an adult says that they hurt a child themselves; no model, no state."""

from typing import Final

from nlu.answers.phrases import either, whole_words, words_of

_ADMITS: Final = whole_words(
    # "của tôi bị ... đánh", "lớp tôi thấy ...": then somebody else did it.
    rf"(?<!{either('lớp')} )(?:{either('tôi|tui|vợ chồng tôi|i|we')})"
    rf"(?: (?!{either('bị|thấy|nghe|biết|con|cháu|nó|lo|sợ|hỏi')} )\S+){{0,3}} "
    + either("đánh|tát|bạt tai|quất|xô|đạp|nhốt|bỏ đói|trói|nặng tay|chửi|hit|slapped|beat|hurt|spanked")
    + r"(?: \S+){0,3}? "
    + either("con|cháu|bé|nó|thằng bé|con bé|đứa nhỏ|my son|my daughter|my child|my kid|him|her")
)


def admits_harm(text: str) -> bool:
    """Return whether the writer, an adult, says that they hit or hurt a child in their care."""
    return _ADMITS.search(words_of(text)) is not None
