"""Turns one event of a Facebook page into what the inbox takes: words, a choice, or the kind of an attachment.

Echoes of our own words, receipts and reactions are nothing that a person said; profiles are never asked for.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from bot.channels.bodies import id_in, name_of, object_in, words_in
from bot.channels.port import Received
from bot.events import AttachmentKind

CHANNEL: Final = "messenger"
_CHOICE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,200}")
_KINDS: Final[dict[str, AttachmentKind]] = {"image": "picture", "video": "video", "audio": "voice", "file": "file"}


def events_in(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the events of one POST, in its order: it may bring those of several people."""
    if body.get("object") != "page":
        return
    for entry in _list_in(body.get("entry")):
        yield from map(object_in, _list_in(object_in(entry).get("messaging")))


def receive(event: dict[str, Any], page_id: str) -> tuple[Received, ...]:
    """Return what a person did with this event: nothing, one thing, or words and their attachment."""
    address = id_in(object_in(event.get("sender")).get("id"))
    to = id_in(object_in(event.get("recipient")).get("id"))
    if address is None or address == page_id or to != page_id:
        return ()
    message, postback = object_in(event.get("message")), object_in(event.get("postback"))
    number = id_in(message.get("mid")) or id_in(postback.get("mid")) or id_in(event.get("timestamp"))
    if number is None or message.get("is_echo"):
        return ()
    external_id = name_of("mid", number)
    if postback:
        return _chosen(address, external_id, postback.get("payload"), postback.get("title"))
    if "quick_reply" in message:
        return _chosen(address, external_id, object_in(message["quick_reply"]).get("payload"), message.get("text"))
    return _written(address, external_id, message) if message else ()


def _chosen(address: str, external_id: str, payload: object, label: object) -> tuple[Received, ...]:
    """Return a press; where its payload is not of ours, the words on the button were said."""
    if isinstance(payload, str) and _CHOICE.fullmatch(payload):
        return (Received(address=address, external_id=external_id, choice=payload),)
    words = words_in(label)
    return () if words is None else (Received(address=address, external_id=external_id, text=words),)


def _written(address: str, external_id: str, message: dict[str, Any]) -> tuple[Received, ...]:
    words, kind = words_in(message.get("text")), _kind(message)
    if words is None:
        # A message of nothing that is known: the person is told that it was not looked at.
        return (Received(address=address, external_id=external_id, attachment=kind or "other"),)
    said = Received(address=address, external_id=external_id, text=words)
    if kind is None:
        return (said,)
    return said, Received(address=address, external_id=f"{external_id}:attachment", attachment=kind)


def _kind(message: dict[str, Any]) -> AttachmentKind | None:
    """Return the kind of the first attachment; a link's preview ("fallback") beside words is none."""
    attachments = _list_in(message.get("attachments"))
    if not attachments:
        return None
    first = object_in(attachments[0])
    if object_in(first.get("payload")).get("sticker_id"):
        return "sticker"
    if first.get("type") == "fallback" and words_in(message.get("text")) is not None:
        return None
    name = first.get("type")
    return _KINDS.get(name, "other") if isinstance(name, str) else "other"


def _list_in(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
