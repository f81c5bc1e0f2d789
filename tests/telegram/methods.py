"""The Bot API calls that this house may make, with what each must and may hold (Bot API 10.0).

Written from the public documentation, https://core.telegram.org/bots/api; `test_methods.py` holds it against the
machine-readable specification. It is narrower than the API on purpose: a parameter that is not here (parse_mode, say)
is one we do not use, and its use is an error.
"""

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Rule = Callable[[Any], str | None]
"""Looks at a decoded value; returns what is wrong with it, or None."""

UPDATE_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
_ACTIONS = ("typing",)
_BUTTON_FIELDS = {"text", "callback_data", "url"}
_PREVIEW_FIELDS = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: its types as the specification names them, and the rules of the prose."""

    types: tuple[str, ...]
    required: bool = False
    rule: Rule | None = None


def units(text: str) -> int:
    """Return the length as Telegram's entities count it: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def characters(least: int, most: int) -> Rule:
    return lambda text: None if least <= units(text) <= most else f"has {units(text)} characters, not {least}-{most}"


def between(least: int, most: int) -> Rule:
    return lambda number: None if least <= number <= most else f"is {number}, not {least}-{most}"


def like(pattern: str) -> Rule:
    return lambda text: None if re.fullmatch(pattern, text) else f"is not like {pattern}"


def one_of(*values: str) -> Rule:
    return lambda value: None if value in values else f"is {value!r}"


def filled_text(text: str) -> str | None:
    return characters(1, 4096)(text) if text.strip() else "is empty"


def png_size(png: bytes) -> tuple[int, int]:
    """Return width and height of a PNG. Raises struct.error where it ends too early."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def photo(upload: bytes | str) -> str | None:
    """Take an upload of ours, or the id of one: an address would be somebody else's picture."""
    if isinstance(upload, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,200}", upload):
        return None  # whether it is one of ours the server knows
    if isinstance(upload, str) or not upload.startswith(b"\x89PNG\r\n\x1a\n") or len(upload) < 24:
        return "is no uploaded PNG"
    if len(upload) > 10_000_000:
        return "is larger than 10 MB"
    width, height = png_size(upload)
    fits = width + height <= 10_000 and max(width, height) <= 20 * min(width, height)
    return None if fits else f"is {width} by {height} pixels"


def ids(numbers: list[int]) -> str | None:
    if not 1 <= len(numbers) <= 100:
        return f"has {len(numbers)} ids, not 1-100"
    return None if len(set(numbers)) == len(numbers) else "has an id twice"


def update_kinds(kinds: list[str]) -> str | None:
    return None if kinds and set(kinds) <= set(UPDATE_KINDS) else f"asks for {kinds}"


def webhook_url(url: str) -> str | None:
    if re.fullmatch(r"https://[^/?#]+(:(443|80|88|8443))?/\S*", url) or re.match(r"http://127\.0\.0\.1:\d+/", url):
        return None
    return "is not https"


def keyboard(markup: Any) -> str | None:
    if (
        not isinstance(markup, dict)
        or set(markup) != {"inline_keyboard"}
        or not isinstance(markup["inline_keyboard"], list)
    ):
        return "is not an inline keyboard"
    rows = markup["inline_keyboard"]
    if not all(isinstance(row, list) and 1 <= len(row) <= 8 for row in rows):
        return "has a row without buttons or with more than 8"
    buttons = [button for row in rows for button in row]
    if not 1 <= len(buttons) <= 100:
        return f"has {len(buttons)} buttons, not 1-100"
    return next((problem for button in buttons if (problem := _button(button)) is not None), None)


def _button(button: Any) -> str | None:
    if not isinstance(button, dict) or not set(button) <= _BUTTON_FIELDS:
        return f"has a button with fields {button!r}"
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        return "has a button without words"
    if len(set(button) - {"text"}) != 1:
        return "has a button with other than one action"
    data = button.get("callback_data", "url")
    return None if isinstance(data, str) and 1 <= len(data.encode()) <= 64 else "has callback_data not of 1-64 bytes"


def preview(options: Any) -> str | None:
    return None if isinstance(options, dict) and set(options) <= _PREVIEW_FIELDS else "is no LinkPreviewOptions"


def scope(value: Any) -> str | None:
    return None if value in ({"type": "default"}, {"type": "all_private_chats"}) else f"is {value!r}"


def commands(value: Any) -> str | None:
    if not isinstance(value, list) or not 1 <= len(value) <= 100:
        return "is not a list of 1-100 commands"
    return next((problem for command in value if (problem := _command(command)) is not None), None)


def _command(command: Any) -> str | None:
    if not isinstance(command, dict) or set(command) != {"command", "description"}:
        return f"has {command!r}"
    return like(r"[a-z0-9_]{1,32}")(command["command"]) or characters(1, 256)(command["description"])


_MARKUPS = ("InlineKeyboardMarkup", "ReplyKeyboardMarkup", "ReplyKeyboardRemove", "ForceReply")
_CHAT_ID = Parameter(types=("Integer", "String"), required=True)

METHODS: Mapping[str, Mapping[str, Parameter]] = {
    "getMe": {},
    "getUpdates": {
        "offset": Parameter(types=("Integer",)),
        "limit": Parameter(types=("Integer",), rule=between(1, 100)),
        "timeout": Parameter(types=("Integer",), rule=between(0, 50)),
        "allowed_updates": Parameter(types=("Array of String",), rule=update_kinds),
    },
    "sendMessage": {
        "chat_id": _CHAT_ID,
        "text": Parameter(types=("String",), required=True, rule=filled_text),
        "link_preview_options": Parameter(types=("LinkPreviewOptions",), rule=preview),
        "disable_notification": Parameter(types=("Boolean",)),
        "protect_content": Parameter(types=("Boolean",)),
        "reply_markup": Parameter(types=_MARKUPS, rule=keyboard),
    },
    "sendPhoto": {
        "chat_id": _CHAT_ID,
        "photo": Parameter(types=("InputFile", "String"), required=True, rule=photo),
        "caption": Parameter(types=("String",), rule=characters(0, 1024)),
        "disable_notification": Parameter(types=("Boolean",)),
        "protect_content": Parameter(types=("Boolean",)),
        "reply_markup": Parameter(types=_MARKUPS, rule=keyboard),
    },
    "editMessageText": {
        "chat_id": Parameter(types=("Integer", "String")),
        "message_id": Parameter(types=("Integer",)),
        "text": Parameter(types=("String",), required=True, rule=filled_text),
    },
    "editMessageCaption": {
        "chat_id": Parameter(types=("Integer", "String")),
        "message_id": Parameter(types=("Integer",)),
        "caption": Parameter(types=("String",), rule=characters(0, 1024)),
    },
    "sendChatAction": {
        "chat_id": _CHAT_ID,
        "action": Parameter(types=("String",), required=True, rule=one_of(*_ACTIONS)),
    },
    "answerCallbackQuery": {
        "callback_query_id": Parameter(types=("String",), required=True),
        "text": Parameter(types=("String",), rule=characters(0, 200)),
        "show_alert": Parameter(types=("Boolean",)),
        "cache_time": Parameter(types=("Integer",)),
    },
    "deleteMessage": {
        "chat_id": _CHAT_ID,
        "message_id": Parameter(types=("Integer",), required=True),
    },
    "deleteMessages": {
        "chat_id": _CHAT_ID,
        "message_ids": Parameter(types=("Array of Integer",), required=True, rule=ids),
    },
    "setMyCommands": {
        "commands": Parameter(types=("Array of BotCommand",), required=True, rule=commands),
        "scope": Parameter(types=("BotCommandScope",), rule=scope),
        "language_code": Parameter(types=("String",), rule=like(r"[a-z]{2}")),
    },
    "setWebhook": {
        "url": Parameter(types=("String",), required=True, rule=webhook_url),
        "max_connections": Parameter(types=("Integer",), rule=between(1, 100)),
        "allowed_updates": Parameter(types=("Array of String",), rule=update_kinds),
        "secret_token": Parameter(types=("String",), rule=like(r"[A-Za-z0-9_-]{1,256}")),
    },
    # Without drop_pending_updates: what children wrote while we were away is never thrown away.
    "deleteWebhook": {},
    "getWebhookInfo": {},
}
