"""The chats of the loopback Bot API server: what stands on the screens, as the real server would keep it."""

import asyncio
import hashlib
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.methods import png_size

JSON = dict[str, Any]
BOT: JSON = {"id": 4242, "is_bot": True, "first_name": "Khiên Nhỏ", "username": "khien_nho_bot"}
DELETABLE_SECONDS = 48 * 3600


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message in a chat."""

    message_id: int
    chat_id: int
    text: str
    from_bot: bool
    date: int
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()  # rows of (label, callback_data)
    protected: bool = False
    preview: bool = True
    deleted: bool = False
    photo: bytes = b""  # as it was uploaded; `text` is its caption then

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the callback_data of all buttons, in reading order."""
        return tuple(data for row in self.buttons for _, data in row)

    def as_json(self) -> JSON:
        """Return the Message object of the API."""
        shown: JSON = {
            "message_id": self.message_id,
            "date": self.date,
            "chat": chat_json(self.chat_id),
            "from": BOT if self.from_bot else user_json(self.chat_id),
        }
        if self.photo:
            width, height = png_size(self.photo)
            size = {"file_id": file_id(self.photo), "file_unique_id": "p", "width": width, "height": height}
            shown |= {"photo": [size]} | ({"caption": self.text} if self.text else {})
        else:
            shown["text"] = self.text
        if self.buttons:
            rows = [[{"text": label, "callback_data": data} for label, data in row] for row in self.buttons]
            shown["reply_markup"] = {"inline_keyboard": rows}
        return shown


def file_id(photo: bytes) -> str:
    """Return by what an uploaded photo can be sent again."""
    return hashlib.sha256(photo).hexdigest()


def chat_json(chat_id: int) -> JSON:
    """Return a private chat, or a group for a negative id, as the API does."""
    if chat_id < 0:
        return {"id": chat_id, "type": "group", "title": "Lớp 5A"}
    return {"id": chat_id, "type": "private", "first_name": "Lan"}


def user_json(chat_id: int) -> JSON:
    """Return the person whose private chat it is."""
    return {"id": abs(chat_id), "is_bot": False, "first_name": "Lan", "username": "lan", "language_code": "vi"}


@dataclass(slots=True)
class Chats:
    """All chats. A chat exists once its person has written; a bot cannot begin one."""

    _shown: dict[int, list[Shown]] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(100))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    blocked: set[int] = field(default_factory=set)

    def exists(self, chat_id: int) -> bool:
        """Tell whether the person has ever written."""
        return chat_id in self._shown

    def add(self, chat_id: int, text: str, *, from_bot: bool, **more: Any) -> Shown:
        """Show a message."""
        shown = Shown(
            message_id=next(self._ids), chat_id=chat_id, text=text, from_bot=from_bot, date=int(time.time()), **more
        )
        self._shown.setdefault(chat_id, []).append(shown)
        self.touch()
        return shown

    def find(self, chat_id: int, message_id: int) -> Shown | None:
        """Return a message that was not deleted."""
        return next((shown for shown in self.messages(chat_id) if shown.message_id == message_id), None)

    def messages(self, chat_id: int) -> list[Shown]:
        """Return what stands on the screen, oldest first."""
        return [shown for shown in self._shown.get(chat_id, []) if not shown.deleted]

    def make_old(self, chat_id: int, message_id: int) -> None:
        """Let a message have been sent so long ago that it can no longer be deleted."""
        found = self.find(chat_id, message_id)
        if found is None:
            raise LookupError(message_id)
        found.date -= DELETABLE_SECONDS + 1

    def touch(self) -> None:
        """Wake whoever waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for(self, chat_id: int, predicate: Callable[[Shown], bool], seconds: float) -> Shown:
        """Return the first message of the bot on the screen for which the predicate holds. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                changed = self._changed
                for shown in self.messages(chat_id):
                    if shown.from_bot and predicate(shown):
                        return shown
                await changed.wait()
