"""Tells whether a text names an injury for which an ambulance is right; no model, no state."""

from typing import Final

from nlu.answers.phrases import either, whole_words, words_of

_INJURED: Final = whole_words(
    either(
        "chảy máu|ra máu|máu chảy|gãy tay|gãy chân|gãy xương|bất tỉnh|ngất|ngất xỉu|ngất đi|bị thương|vết thương|"
        "khó thở|không thở được|bỏng|cấp cứu|co giật|hôn mê|"
        "bleeding|unconscious|passed out|broken arm|broken leg|cant breathe"
    )
)


def names_injury(text: str) -> bool:
    """Return whether somebody in the text may be hurt so that 115 is to be called."""
    return _INJURED.search(words_of(text)) is not None
