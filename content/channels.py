"""What each messenger can do, and what it makes of a text and its buttons within the limits that its makers publish.

A limit on characters is kept in UTF-16 units after NFC: no maker says how it counts, and this is the larger count.
Every label is at most 60 characters (KC012), so no messenger's own limit on labels is reached.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from unicodedata import normalize

from content.render import split_for

ChannelName = Literal["web", "telegram", "zalo_oa", "zalo_bot", "messenger"]

TELEGRAM_TEXT: Final = 4096
"""Bot API, sendMessage: 1-4096 characters after entity parsing."""
TELEGRAM_CAPTION: Final = 1024
"""Bot API, sendPhoto: the words below a picture."""
TELEGRAM_BUTTONS: Final = 100
"""Bot API as python-telegram-bot knows it (`InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER`)."""
TELEGRAM_DELETABLE: Final = timedelta(hours=48)
"""Bot API, deleteMessage: only what was sent less than 48 hours ago."""
ZALO_OA_TEXT: Final = 2000
"""Official Account API v3.0: a longer text is refused (error -210), not cut."""
ZALO_OA_BUTTONS: Final = 5
"""Official Account API v3.0: buttons of one message, of at most 100 characters each."""
ZALO_OA_REPLY: Final = timedelta(days=7)
"""Official Account API v3.0: later than this after the person's last word a message is refused (error -230)."""
ZALO_BOT_TEXT: Final = 2000
"""Bot platform, sendMessage: 1-2000 characters. It has no buttons at all."""
MESSENGER_TEXT: Final = 2000
"""Send API: not in the published text; kept because it is the smaller of the numbers that are told."""
MESSENGER_BUTTONS: Final = 13
"""Send API, quick replies of one message."""
MESSENGER_LABEL: Final = 20
"""Send API, characters of a quick reply; not in the published text that could be read, so the smaller number told."""
MESSENGER_REPLY: Final = timedelta(hours=24)
"""Messenger Platform policy: standard messages within 24 hours of what the person last did."""
MESSENGER_STAFF_REPLY: Final = timedelta(days=7)
"""Messenger Platform policy: words of a human agent, within 7 days."""
_IS_NUMBER = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a messenger can do; None where it sets no limit, or cannot do it at all (said at the field)."""

    name: ChannelName
    text: int | None  # of one message
    buttons: int | None  # of one message; where there are 0, the person types
    label: int | None = None  # characters of a button
    brand: str = ""  # what people call it, in a sentence that speaks of its limits
    pictures: bool = False
    protects: bool = False  # forbids forwarding and saving when asked to
    types: bool = False  # shows that somebody is typing
    edits: bool = False  # can change what was sent
    deletes_within: timedelta | None = None  # None: nothing can be deleted
    reply_within: timedelta | None = None  # after the person's last word; None: for ever
    staff_reply_within: timedelta | None = None  # the same for a counsellor's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message as the messenger takes it; `places` says which of the given labels its buttons are."""

    text: str
    labels: tuple[str, ...] = ()
    places: tuple[int, ...] = ()


WEB = Channel(
    name="web",
    text=None,
    buttons=None,
    pictures=True,
    types=True,
    edits=True,
    deletes_within=timedelta.max,
)
TELEGRAM = Channel(
    name="telegram",
    brand="Telegram",
    text=TELEGRAM_TEXT,
    buttons=TELEGRAM_BUTTONS,
    pictures=True,
    protects=True,
    types=True,
    edits=True,
    deletes_within=TELEGRAM_DELETABLE,
)
ZALO_OA = Channel(
    name="zalo_oa",
    brand="Zalo",
    text=ZALO_OA_TEXT,
    buttons=ZALO_OA_BUTTONS,
    reply_within=ZALO_OA_REPLY,
    staff_reply_within=ZALO_OA_REPLY,
)
ZALO_BOT = Channel(name="zalo_bot", brand="Zalo", text=ZALO_BOT_TEXT, buttons=0, types=True)
MESSENGER = Channel(
    name="messenger",
    brand="Messenger",
    text=MESSENGER_TEXT,
    buttons=MESSENGER_BUTTONS,
    label=MESSENGER_LABEL,
    types=True,
    reply_within=MESSENGER_REPLY,
    staff_reply_within=MESSENGER_STAFF_REPLY,
)
CHANNELS: Final = (WEB, TELEGRAM, ZALO_OA, ZALO_BOT, MESSENGER)


def channel_named(name: str) -> Channel:
    """Return the channel of this name; the page for any other, which limits nothing."""
    return next((channel for channel in CHANNELS if channel.name == name), WEB)


def units(text: str) -> int:
    """Count a text as the strictest messenger may: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_listed(channel: Channel, labels: Sequence[str]) -> bool:
    """Tell whether the buttons do not all fit as buttons, so that they are a numbered list in the text too."""
    if channel.buttons is not None and len(labels) > channel.buttons:
        return True
    return channel.label is not None and any(len(label) > channel.label for label in labels)


def numbers_of(labels: Sequence[str], after: int = 0) -> tuple[int, ...]:
    """Number labels from `after` on; one that is a number itself (an option of a quiz) is that number."""
    own = [int(label) if _IS_NUMBER.fullmatch(label) else None for label in labels]
    free = max([after, *(number for number in own if number is not None)])
    given = []
    for number in own:
        free += number is None
        given.append(free if number is None else number)
    return tuple(given)


def bubbles(
    channel: Channel, text: str, labels: Sequence[str] = (), numbers: Sequence[int | None] | None = None
) -> tuple[Bubble, ...]:
    """Give the messages that a text with buttons becomes; buttons stand below the last words.

    A text that is too long is cut between paragraphs where it can be. Where the buttons do not fit, all are a list
    below the text, by `numbers` to be typed (a dot where that is None), and as many as fit are buttons too: the first
    ones and the last, the way out. A text without words, and without buttons, becomes no message.
    """
    text = normalize("NFC", text).strip()
    listed = is_listed(channel, labels)
    given = numbers_of(labels) if numbers is None else tuple(numbers)
    if listed:
        text = "\n\n".join(part for part in (text, _list(labels, given)) if part)
    elif labels and not text:
        text = _list(labels, (None,) * len(labels))
    *before, last = _parts(text, channel.text) or ("",)
    places = _places(len(labels), channel.buttons)
    titles = tuple(_title(channel, labels[place], given[place]) for place in places)
    sent = (*(Bubble(text=part) for part in before), Bubble(text=last, labels=titles, places=places))
    return tuple(bubble for bubble in sent if bubble.text)


def _places(count: int, most: int | None) -> tuple[int, ...]:
    if most is None or count <= most:
        return tuple(range(count))
    return (*range(most - 1), count - 1) if most else ()


def _title(channel: Channel, label: str, number: int | None) -> str:
    """Return what stands on a button: its words, or the number of its line where they are too long."""
    if channel.label is None or len(label) <= channel.label:
        return label
    return label[: channel.label - 1] + "…" if number is None else str(number)


def _list(labels: Sequence[str], numbers: Sequence[int | None]) -> str:
    return "\n".join(_lines(labels, numbers))


def _lines(labels: Sequence[str], numbers: Sequence[int | None]) -> Iterator[str]:
    """Yield a line for each label in the order of the numbers; one that is its own number stands in the text."""
    lines = sorted(zip(numbers, labels, strict=True), key=lambda line: line[0] or 0)
    for number, label in lines:
        if number is None:
            yield f"• {label}"
        elif label != str(number):
            yield f"{number}. {label}"


def _parts(text: str, limit: int | None) -> tuple[str, ...]:
    if limit is None:
        return split_for(text, max(1, len(text)))
    parts = split_for(text, limit)
    # Emoji count twice: half as many characters fit for certain.
    return parts if all(units(part) <= limit for part in parts) else split_for(text, limit // 2)
