"""Writes to Telegram: messages with pictures and buttons, and deletions for quick exit."""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from typing import Final, TypeVar

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.constants import ChatAction
from telegram.error import BadRequest

from bot.channels.pace import Pace
from bot.channels.pictures import rendered
from bot.channels.port import ChannelError, OutgoingChoice, OutgoingMessage
from bot.channels.telegram.errors import as_channel_error
from bot.channels.telegram.receive import CHANNEL, MAX_CHOICE_BYTES
from content.pictures import version
from content.pictures.palette import PAPER
from content.render import split_for

MAX_TEXT: Final = 4096  # Bot API; its unit is not published, so it is kept in UTF-16 units, the larger count
MAX_CAPTION: Final = 1024  # Bot API, sendPhoto; in the same units
MAX_DELETED: Final = 100  # ids in one deleteMessages
_SHORT_LABEL: Final = 14  # two of these share a row on a small phone
# With the words behind it still shorter than `store.outbox.SENDING_SECONDS`.
_PICTURE_SECONDS: Final = 4.0
_NOTHING: Final = "…"  # an edited message must hold something
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_Answer = TypeVar("_Answer")

log = structlog.get_logger(__name__)


class TelegramChannel:
    """A `Channel` on a bot whose requests are open (see `setup.prepare`)."""

    name = CHANNEL

    def __init__(self, bot: Bot, pace: Pace | None = None) -> None:
        self._bot = bot
        self._pace = pace or Pace()
        self._photos: dict[str, str] = {}  # by drawing and version, what Telegram calls the photo it made of it

    async def send(self, address: str, message: OutgoingMessage) -> str | None:
        """Send one message; returns Telegram's id of it, or its ids with commas where it had to be split.

        Raises ChannelError. A long message that fails in the middle is sent again from its beginning: twice is better
        than half. A picture that fails is left out, and the words go alone.
        """
        chat_id = _chat_id(address)
        text = f"{message.name}:\n{message.text}" if message.name else message.text
        if not message.text.strip():
            raise ChannelError("Telegram: nothing to send", permanent=True)
        ids = []
        caption, rest = _captioned(text)
        photo = await self._photo(address, message, caption, buttons=not rest)
        if photo is not None:
            ids, text = [photo], rest
        parts = _parts(text)
        for number, part in enumerate(parts, start=1):
            await self._pace.wait(address)
            sent = await _telling(
                self._bot.send_message(
                    chat_id,
                    part,
                    reply_markup=_keyboard(message.choices) if number == len(parts) else None,
                    protect_content=message.protect or None,
                    link_preview_options=_NO_PREVIEW,
                )
            )
            ids.append(_id_of(sent))
        return ",".join(ids)

    async def _photo(self, address: str, message: OutgoingMessage, caption: str, *, buttons: bool) -> str | None:
        """Send the picture of a message; returns Telegram's id of it, or None: there is none, or it went wrong."""
        if message.picture is None:
            return None
        await self._pace.wait(address)
        drawing = message.picture
        try:
            drawing += f" {version(message.picture)}"
            async with asyncio.timeout(_PICTURE_SECONDS):
                sent = await self._bot.send_photo(
                    _chat_id(address),
                    # Telegram makes a photo of it, and a photo has nothing transparent.
                    self._photos.get(drawing) or await rendered(message.picture, ground=PAPER),
                    caption=caption or None,
                    reply_markup=_keyboard(message.choices) if buttons else None,
                    protect_content=message.protect or None,
                    filename="khien.png",
                )
        except Exception as error:  # noqa: BLE001 - whatever became of the picture, the words still go
            log.warning("telegram.picture_left_out", error=type(error).__name__)
            if isinstance(error, BadRequest):
                self._photos.pop(drawing, None)  # Telegram may know it no longer: the next time it is brought anew
            return None
        if sent.photo:
            self._photos[drawing] = sent.photo[-1].file_id
        return _id_of(sent)

    async def show_typing(self, address: str) -> None:
        """Show for at most 5 seconds that somebody types. Raises what a call can raise."""
        await self._bot.send_chat_action(_chat_id(address), ChatAction.TYPING)

    async def delete(self, address: str, message_ids: Sequence[str]) -> None:
        """Delete messages; those too old (48 hours) are emptied where they are ours, what is refused is passed over.

        Raises ChannelError only for what passes, so that the rest is tried again: on a watched phone it matters.
        """
        chat_id = _chat_id(address)
        numbers = _numbers(message_ids)
        for start in range(0, len(numbers), MAX_DELETED):
            chunk = numbers[start : start + MAX_DELETED]
            if await self._is_refused(self._bot.delete_messages(chat_id, chunk)):
                # One message that may not go holds up the whole batch: the others still can, one by one.
                for number in chunk:
                    if await self._is_refused(self._bot.delete_message(chat_id, number)):
                        await self._empty(chat_id, number)

    async def _empty(self, chat_id: int, number: int) -> None:
        """Take the words and buttons out of an own message that is too old to go; others' are refused and stay."""
        if await self._is_refused(self._bot.edit_message_text(_NOTHING, chat_id, number)):
            await self._is_refused(self._bot.edit_message_caption(chat_id, number, caption=_NOTHING))

    async def _is_refused(self, call: Awaitable[object]) -> bool:
        await self._pace.wait()
        try:
            await _telling(call)
        except ChannelError as error:
            if not error.permanent:
                raise
            return True
        return False


async def _telling(call: Awaitable[_Answer]) -> _Answer:
    """Make a call; raises ChannelError, without the error behind it and what that may hold."""
    try:
        return await call
    except Exception as error:  # noqa: BLE001 - the library lets parsing errors out; a caller knows ChannelError only
        failure = as_channel_error(error)
    raise failure


def _id_of(sent: Message) -> str:
    return str(sent.message_id)


def _chat_id(address: str) -> int:
    try:
        return int(address)
    except ValueError:
        failure = ChannelError("Telegram: the address is not a chat", permanent=True)
    raise failure


def _numbers(message_ids: Sequence[str]) -> list[int]:
    """Return every number once: an id may name the parts of a split message, and not all ids are Telegram's."""
    parts = (part.strip() for joined in message_ids for part in joined.split(","))
    return list(dict.fromkeys(int(part) for part in parts if part.isascii() and part.isdecimal()))


def _captioned(text: str) -> tuple[str, str]:
    """Return what stands under the picture and what is sent behind it: all, or the title, or nothing fits."""
    if _fits(text, MAX_CAPTION):
        return text, ""
    title, _, rest = text.partition("\n")
    return (title, rest.strip()) if rest.strip() and _fits(title, MAX_CAPTION) else ("", text)


def _fits(text: str, units: int) -> bool:
    return len(text.encode("utf-16-le", "replace")) <= 2 * units


def _parts(text: str) -> tuple[str, ...]:
    parts = split_for(text, MAX_TEXT)
    if all(_fits(part, MAX_TEXT) for part in parts):
        return parts
    return split_for(text, MAX_TEXT // 2)


def _keyboard(choices: Sequence[OutgoingChoice]) -> InlineKeyboardMarkup | None:
    rows = tuple(_rows(_sendable(choices)))
    return InlineKeyboardMarkup(rows) if rows else None


def _sendable(choices: Sequence[OutgoingChoice]) -> Iterator[OutgoingChoice]:
    """Leave out a choice that Telegram would refuse: it would refuse the words with it, and the words must arrive."""
    for choice in choices:
        if 0 < len(choice.id.encode()) <= MAX_CHOICE_BYTES and choice.label.strip():
            yield choice
        else:
            log.error("telegram.choice_left_out", choice=choice.id)


def _rows(choices: Iterator[OutgoingChoice]) -> Iterator[list[InlineKeyboardButton]]:
    row: list[InlineKeyboardButton] = []
    for choice in choices:
        is_short = len(choice.label) <= _SHORT_LABEL
        if row and not (is_short and len(row) == 1 and len(row[0].text) <= _SHORT_LABEL):
            yield row
            row = []
        row.append(InlineKeyboardButton(choice.label, callback_data=choice.id))
    if row:
        yield row
