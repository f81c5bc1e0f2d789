"""What a counsellor can put into the box instead of typing: approved phrases, a calm-down exercise, lesson cards."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from content.errors import UnknownText
from content.library import Content
from content.render import to_plain
from content.schema import BANDS, Band
from escalation.contact import MAX_REPLY_CHARACTERS
from escalation.desk.wording import read_words

CALM = "calm"
WAIT = "wait"
LESSON = "lesson"
_BY_HARM = {
    "scam": "scam",
    "exploitation": "scam",
    "cyberbullying": "cyberbullying",
    "school_violence": "cyberbullying",
    "harmful_content": "harmful_content",
    "grooming": "grooming",
    "sexual_extortion": "grooming",
    "sexual_abuse": "body_safety",
}
_ALWAYS = "help_seeking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words ready to be sent, in the group they are looked for under; `title` is a lesson's."""

    group: str
    text: str
    title: str | None = None


def phrases(audience: str, band: str | None, name: str) -> tuple[Phrase, ...]:
    """Return the approved phrases for a child of this band (or an adult), with the counsellor's name put in."""
    key = band or ("parent" if audience == "parent" else "unknown")
    return tuple(
        Phrase(group=group, text=text.strip().replace("{name}", name))
        for group, texts in read_words("phrases.vi.yml")[key].items()
        for text in texts
    )


def lesson_cards(content: Content | None, band: str | None, harms: Iterable[str]) -> tuple[Phrase, ...]:
    """Return the cards of the lessons that go with what happened, as messages; without a band there are none."""
    if content is None or band not in BANDS:
        return ()
    topics = dict.fromkeys([*(_BY_HARM[harm] for harm in harms if harm in _BY_HARM), _ALWAYS])
    known = next(each for each in BANDS if each == band)
    return tuple(phrase for topic in topics for phrase in _cards(content, topic, known))


def next_card(cards: Iterable[Phrase], said: Collection[str]) -> Phrase | None:
    """Return the first card of a lesson that stands not yet among what the counsellors said to this child."""
    return next((card for card in cards if card.text.strip() not in said), None)


def _cards(content: Content, topic: str, band: Band) -> tuple[Phrase, ...]:
    try:
        lesson = content.lesson(topic, band)
    except UnknownText:
        return ()
    cards = (to_plain(card.text) for card in lesson.cards)
    return tuple(
        Phrase(group=LESSON, text=card, title=lesson.title) for card in cards if len(card) <= MAX_REPLY_CHARACTERS
    )
