"""Turns one event of Zalo's webhook into what the inbox takes: words, a choice, or the kind of an attachment.

Nothing but the id a person writes from and their words is read: no name, phone, picture, place or card, and nothing at
all of the events that carry what a person filled in. A tapped button comes back as a text, its payload.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.channels.bodies import name_of, words_in
from bot.channels.port import Received
from bot.events import AttachmentKind

CHANNEL: Final = "zalo_oa"
BUTTON_MARK: Final = "#"
_BUTTON: Final = re.compile(r"#([a-z][a-z0-9_.-]{0,79})")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FARTHEST: Final = 10**14  # milliseconds: the year 5138

_KINDS: Final[dict[str, AttachmentKind]] = {
    "user_send_image": "picture",
    "user_send_gif": "picture",
    "user_send_sticker": "sticker",
    "user_send_audio": "voice",
    "user_send_video": "video",
    "user_send_file": "file",
    "user_send_location": "other",
    "user_send_link": "other",
    "user_send_business_card": "other",
}
# The text of a card is a person's name, that of a place its address.
_WITHOUT_WORDS: Final = frozenset({"user_send_business_card", "user_send_location"})
IsChoice = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A person stopped following the account, at this time."""

    address: str
    at: datetime


def read_event(body: bytes) -> dict[str, Any] | None:
    """Parse an event as it came over the wire; None when it is none."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def receive(event: Mapping[str, Any], is_choice: IsChoice) -> tuple[Received, ...]:
    """Return what a person did with this event: nothing, one thing, or words and their attachment."""
    name = event.get("event_name")
    if name == "follow":
        address = _id_in(event.get("follower"))
        return () if address is None else (Received(address=address, external_id=_name(event, address), choice="menu"),)
    if not isinstance(name, str) or (name != "user_send_text" and name not in _KINDS):
        return ()
    message, address = event.get("message"), _id_in(event.get("sender"))
    if not isinstance(message, dict) or address is None:
        return ()
    return _written(event, name, message, address, is_choice)


def is_payload(choice: str) -> bool:
    """Tell whether a choice comes back from a button as itself."""
    return _BUTTON.fullmatch(f"{BUTTON_MARK}{choice}") is not None


def left(event: Mapping[str, Any]) -> Left | None:
    """Return who stopped following with this event, if that is what it tells."""
    address = _id_in(event.get("follower")) if event.get("event_name") == "unfollow" else None
    stamp = timestamp_of(event)
    if address is None or not stamp.isdecimal() or int(stamp) > _FARTHEST:
        return None
    return Left(address=address, at=datetime.fromtimestamp(int(stamp) / 1000, UTC))


def timestamp_of(event: Mapping[str, Any]) -> str:
    """Return the event's time as it stands there (milliseconds since 1970); nothing where it is none."""
    stamp = event.get("timestamp")
    text = str(stamp) if isinstance(stamp, str | int) and not isinstance(stamp, bool) else ""
    return text if text.isascii() and len(text) <= 32 else ""  # noqa: PLR2004


def _written(
    event: Mapping[str, Any], name: str, message: Mapping[str, Any], address: str, is_choice: IsChoice
) -> tuple[Received, ...]:
    external_id = _name(event, address)
    kind = _KINDS.get(name)
    words = None if name in _WITHOUT_WORDS else words_in(message.get("text"))
    found: list[Received] = []
    if words is not None:
        said, choice = _said(words, is_choice)
        own = external_id if kind is None else f"{external_id}:caption"
        found.append(Received(address=address, external_id=own, text=said, choice=choice))
    if kind is not None:
        found.append(Received(address=address, external_id=external_id, attachment=kind))
    return tuple(found)


def _said(words: str, is_choice: IsChoice) -> tuple[str | None, str | None]:
    """Return the words, or the choice of ours whose button they are the payload of."""
    tapped = _BUTTON.fullmatch(words.strip())
    if tapped is None or not is_choice(tapped[1]):
        return words, None
    return None, tapped[1]


def _name(event: Mapping[str, Any], address: str) -> str:
    """Return by what the inbox knows this event for ever: the same name is the same message, however late it comes."""
    message = event.get("message")
    given = message.get("msg_id") if isinstance(message, dict) else None
    if isinstance(given, str) and given.strip():
        return name_of("msg", given)
    return name_of("event", f"{event.get('event_name')}:{timestamp_of(event)}:{address}")


def _id_in(person: object) -> str | None:
    """Return the id of a person; a group, or what is none, has none."""
    given = person.get("id") if isinstance(person, dict) else None
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    return given if isinstance(given, str) and _ID.fullmatch(given) else None
