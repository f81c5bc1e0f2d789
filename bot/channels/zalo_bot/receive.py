"""Turns one event of the Zalo Bot Platform into what the inbox takes: words, or the kind of an attachment.

Names of senders are not taken, no file is ever fetched, groups and other bots get nothing.
"""

from typing import Any, Final

from bot.channels.bodies import as_object, id_in, name_of, object_in, words_in
from bot.channels.port import Received
from bot.events import AttachmentKind

CHANNEL: Final = "zalo_bot"
_PREFIX: Final = "message."

_KINDS: Final[dict[str, AttachmentKind]] = {
    "message.image.received": "picture",
    "message.sticker.received": "sticker",
    "message.voice.received": "voice",
    # Comes without content from protected people, children among them, and for cards and files.
    "message.unsupported.received": "unreadable",
}
# What shows the kind where the event's name does not; the documentation says `photo`, working code `photo_url`.
_KEYS: Final[tuple[tuple[str, AttachmentKind], ...]] = (
    ("photo", "picture"),
    ("photo_url", "picture"),
    ("sticker", "sticker"),
    ("voice_url", "voice"),
)
_REACTION: Final = "message.reaction.received"  # nothing was said; the name is in working code only


def read_event(body: bytes) -> dict[str, Any]:
    """Parse an event as it came over the wire; one that is none is empty."""
    return unwrapped(as_object(body))


def unwrapped(raw: object) -> dict[str, Any]:
    """Return the event itself, whether it came alone (as seen) or inside `{ok, result}` (as documented)."""
    outer = object_in(raw)
    return outer if "event_name" in outer or "result" not in outer else object_in(outer["result"])


def receive(event: dict[str, Any]) -> tuple[Received, ...]:
    """Return what a person did with this event: nothing, one thing, or a caption and its attachment."""
    name, message = event.get("event_name"), object_in(event.get("message"))
    if not isinstance(name, str) or not name.startswith(_PREFIX) or name == _REACTION:
        return ()
    address = _address(message)
    number = id_in(message.get("message_id")) or id_in(message.get("date"))
    if address is None or number is None:
        return ()
    external_id = name_of("message", number)
    text, caption = words_in(message.get("text")), words_in(message.get("caption"))
    found = []
    for words, own in ((text, external_id), (caption, f"{external_id}:caption")):
        if words is not None:
            found.append(Received(address=address, external_id=own, text=words))
    kind = _kind(name, message)
    if kind is not None and text is None:
        found.append(Received(address=address, external_id=external_id, attachment=kind))
    return tuple(found)


def _address(message: dict[str, Any]) -> str | None:
    """Return the private chat that the person writes in; None for groups, bots and what has no chat."""
    chat, sender = object_in(message.get("chat")), object_in(message.get("from"))
    kind = chat.get("chat_type")
    is_private = kind.upper() == "PRIVATE" if isinstance(kind, str) else chat.get("id") == sender.get("id")
    return id_in(chat.get("id")) if is_private and sender.get("is_bot") is not True else None


def _kind(name: str, message: dict[str, Any]) -> AttachmentKind | None:
    if name in _KINDS:
        return _KINDS[name]
    shown = next((kind for key, kind in _KEYS if message.get(key)), None)
    # Something that Zalo added since: the person is told that it was not looked at.
    return shown if shown is not None or name == "message.text.received" else "other"
