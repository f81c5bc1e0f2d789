"""What each messenger makes of a text and its buttons, within the limits that its makers publish.

A limit on characters is kept in UTF-16 units after NFC: no maker says how it counts, and this is the larger count.
Every label is at most 60 characters (KC012), so no messenger's own limit on labels is reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from unicodedata import normalize

from content.render import split_for

ChannelName = Literal["web", "telegram", "zalo_oa", "zalo_bot"]

TELEGRAM_TEXT: Final = 4096
"""Bot API, sendMessage: 1-4096 characters after entity parsing."""
TELEGRAM_CAPTION: Final = 1024
"""Bot API, sendPhoto: the words below a picture."""
TELEGRAM_BUTTONS: Final = 100
"""Bot API as python-telegram-bot knows it (`InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER`)."""
ZALO_OA_TEXT: Final = 2000
"""Official Account API v3.0: a longer text is refused (error -210), not cut."""
ZALO_OA_BUTTONS: Final = 5
"""Official Account API v3.0: buttons of one message."""
ZALO_BOT_TEXT: Final = 2000
"""Bot platform, sendMessage: 1-2000 characters. It has no buttons at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A messenger's limits; None where there is none. A channel of 0 buttons is typed to."""

    name: ChannelName
    text: int | None
    buttons: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message as the messenger takes it."""

    text: str
    labels: tuple[str, ...] = ()


WEB = Channel(name="web", text=None, buttons=None)
TELEGRAM = Channel(name="telegram", text=TELEGRAM_TEXT, buttons=TELEGRAM_BUTTONS)
ZALO_OA = Channel(name="zalo_oa", text=ZALO_OA_TEXT, buttons=ZALO_OA_BUTTONS)
ZALO_BOT = Channel(name="zalo_bot", text=ZALO_BOT_TEXT, buttons=0)
CHANNELS: Final = (WEB, TELEGRAM, ZALO_OA, ZALO_BOT)


def units(text: str) -> int:
    """Count a text as the strictest messenger may: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def bubbles(channel: Channel, text: str, labels: Sequence[str] = ()) -> tuple[Bubble, ...]:
    """Give the messages that a text with buttons becomes; buttons stand below the last words.

    A text that is too long is cut between paragraphs where it can be. More buttons than one message may have follow
    in further messages, which repeat their labels as words. Without buttons the labels are a numbered list to type.
    A text without words, and without buttons, becomes no message.
    """
    text = normalize("NFC", text)
    if channel.buttons == 0:
        text = "\n\n".join(part for part in (text.strip(), numbered(labels)) if part)
        return tuple(Bubble(text=part) for part in _parts(text, channel.text))
    at_once = channel.buttons or max(1, len(labels))
    pages = [tuple(labels[start : start + at_once]) for start in range(0, len(labels), at_once)] or [()]
    *before, last = _parts(text, channel.text) or ("",)
    first = Bubble(text=last or _list(pages[0]), labels=pages[0])
    rest = (Bubble(text=_list(page), labels=page) for page in pages[1:])
    return tuple(bubble for bubble in (*(Bubble(text=part) for part in before), first, *rest) if bubble.text)


def numbered(labels: Sequence[str]) -> str:
    """Write buttons as a list to type from; a label that is its own number stands in the text already (a quiz)."""
    return "\n".join(f"{place}. {label}" for place, label in enumerate(labels, start=1) if label != str(place))


def _list(labels: Sequence[str]) -> str:
    return "\n".join(f"• {label}" for label in labels)


def _parts(text: str, limit: int | None) -> tuple[str, ...]:
    if limit is None:
        return split_for(text, max(1, len(text)))
    parts = split_for(text, limit)
    # Emoji count twice: half as many characters fit for certain.
    return parts if all(units(part) <= limit for part in parts) else split_for(text, limit // 2)
