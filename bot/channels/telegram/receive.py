"""Turns one Telegram update into what the inbox takes: words, a choice, or the kind of an attachment.

Names, user names and languages of senders are not taken, no file is ever fetched, groups and other bots get nothing.
"""

import json
import unicodedata
from typing import Any, Final

from telegram import CallbackQuery, Chat, Message, Update

from bot.channels.bodies import words_in
from bot.channels.port import Received
from bot.events import AttachmentKind

CHANNEL: Final = "telegram"
ALLOWED_UPDATES: Final = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
MAX_CHOICE_BYTES: Final = 64  # of callback_data, Bot API
_LARGEST_NUMBER: Final = 2**63  # Bot API: ids have at most 52 significant bits

COMMANDS: Final = {
    "start": "menu",
    "menu": "menu",
    "help": "menu",
    "thoat": "exit",
    "thoát": "exit",  # typed by hand with its accent; Telegram does not mark it as a command, the child means one
    "exit": "exit",
    "xoa": "delete",
    "xóa": "delete",
    "xoá": "delete",
    "delete": "delete",
    "111": "talk.now",
}

# The order matters where Telegram sets two fields: an animation is a document too, a venue a location.
_KINDS: Final[tuple[tuple[str, AttachmentKind], ...]] = (
    ("live_photo", "picture"),
    ("photo", "picture"),
    ("animation", "video"),
    ("video", "video"),
    ("video_note", "video"),
    ("voice", "voice"),
    ("audio", "voice"),
    ("sticker", "sticker"),
    ("document", "file"),
    ("paid_media", "picture"),
    ("story", "other"),
    ("location", "other"),
    ("contact", "other"),
    ("poll", "other"),
    ("dice", "other"),
    ("game", "other"),
    ("checklist", "other"),
)
_KIND_BY_MEDIA_TYPE: Final[dict[str, AttachmentKind]] = {"image": "picture", "video": "video", "audio": "voice"}


def receive(update: Update) -> tuple[Received, ...]:
    """Return what a person did with this update: nothing, one thing, or a caption and its attachment."""
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query)
    message = update.message or update.edited_message
    if message is None or not _is_served(message):
        return ()
    return _written(update, message)


def read_update(body: bytes) -> Update | None:
    """Parse an update as it came over the wire; None when it is none."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return None
    shape = readable(raw)
    return None if shape is None else Update.de_json(shape, None)


def readable(raw: object) -> dict[str, Any] | None:
    """Return the update in a shape that the library and `receive` can read, None when it has no number.

    A field that a newer Bot API added or changed must not cost a child's words: where the whole does not parse, what we
    read of it is kept, and in the last resort its number alone, so that polling can pass it.
    """
    if not isinstance(raw, dict) or not _is_number(raw.get("update_id")):
        return None
    return next((shape for shape in (raw, _narrowed(raw)) if _is_legible(shape)), {"update_id": raw["update_id"]})


def _is_legible(raw: dict[str, Any]) -> bool:
    """Tell whether the library parses it and gives it in the types that it promises: a chat `{}` becomes None."""
    try:
        parsed = Update.de_json(raw, None)
        if parsed is not None:
            receive(parsed)
    except Exception:  # noqa: BLE001 - the library lets any error out, by the field that was wrong
        return False
    return True


def _narrowed(raw: dict[str, Any]) -> dict[str, Any]:
    narrow: dict[str, Any] = {"update_id": raw["update_id"]}
    for key in (Update.MESSAGE, Update.EDITED_MESSAGE):
        if isinstance(raw.get(key), dict):
            narrow[key] = _narrowed_message(raw[key])
    query = raw.get(Update.CALLBACK_QUERY)
    if isinstance(query, dict) and isinstance(query.get("message"), dict):
        kept = {key: query.get(key) for key in ("id", "data")}
        sender = _narrowed_sender(query.get("from"))
        narrow[Update.CALLBACK_QUERY] = {
            **kept,
            "chat_instance": "",
            "from": sender,
            "message": _narrowed_message(query["message"]),
        }
    return narrow


def _narrowed_message(raw: dict[str, Any]) -> dict[str, Any]:
    chat = raw.get("chat")
    narrow: dict[str, Any] = {
        "message_id": raw.get("message_id"),
        "date": 0,
        "chat": {key: chat.get(key) for key in ("id", "type")} if isinstance(chat, dict) else {"id": None, "type": ""},
    }
    if isinstance(raw.get("from"), dict):
        narrow["from"] = _narrowed_sender(raw["from"])
    words = {key: raw[key] for key in ("text", "caption") if isinstance(raw.get(key), str)}
    # Without words it may have been a picture: an unknown field makes it an attachment of kind "other".
    return narrow | (words or {"unreadable": True})


def _narrowed_sender(raw: object) -> dict[str, Any]:
    is_bot = isinstance(raw, dict) and raw.get("is_bot") is True
    return {"id": 0, "is_bot": is_bot, "first_name": ""}


def _is_served(message: Message) -> bool:
    sender = message.from_user
    return _is_private(message.chat) and not (sender is not None and sender.is_bot)


def _is_private(chat: Chat) -> bool:
    return chat.type == Chat.PRIVATE and _is_number(chat.id)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER


def _pressed(update_id: int, query: CallbackQuery) -> tuple[Received, ...]:
    # Without a message the button was an inline one, which this bot never sends.
    if query.message is None or not _is_private(query.message.chat):
        return ()
    choice = words_in(query.data)
    if choice is None or len(choice.encode()) > MAX_CHOICE_BYTES:
        return ()
    return (Received(address=str(query.message.chat.id), external_id=f"update:{update_id}", choice=choice),)


def _written(update: Update, message: Message) -> tuple[Received, ...]:
    address = str(message.chat.id)
    external_id = f"update:{update.update_id}"
    message_id = str(message.message_id) if _is_number(message.message_id) else None
    edited = update.edited_message is not None
    text, caption = words_in(message.text), words_in(message.caption)
    found: list[Received] = []
    for words, name in ((text, external_id), (caption, f"{external_id}:caption")):
        if words is not None:
            said, choice = _said(words)
            found.append(
                Received(
                    address=address, external_id=name, text=said, choice=choice, edited=edited, message_id=message_id
                )
            )
    kind = _kind(message)
    # An edited message brings its words only: its attachment was noticed the first time, and a live location is edited
    # every few seconds.
    if kind is not None and text is None and not edited:
        found.append(Received(address=address, external_id=external_id, attachment=kind, message_id=message_id))
    return tuple(found)


def _said(words: str) -> tuple[str | None, str | None]:
    """Return the words, or the choice that a command stands for."""
    command = words[1:].split(maxsplit=1) if words.startswith("/") else []
    name = unicodedata.normalize("NFC", command[0]).partition("@")[0].lower() if command else ""
    choice = COMMANDS.get(name)
    return (words, None) if choice is None else (None, choice)


def _kind(message: Message) -> AttachmentKind | None:
    for field, kind in _KINDS:
        if getattr(message, field, None):
            return _kind_of_file(message) if field == "document" else kind
    # Something that the library does not know yet: the child is told that it was not looked at.
    return "other" if message.api_kwargs else None


def _kind_of_file(message: Message) -> AttachmentKind:
    media_type = message.document.mime_type if message.document is not None else None
    kind = media_type.partition("/")[0].lower() if isinstance(media_type, str) else ""
    return _KIND_BY_MEDIA_TYPE.get(kind, "file")
