"""Writes to the Zalo Bot Platform: texts, with the choices as a numbered list, since it has no buttons."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.channels.port import ChannelError, OutgoingMessage
from bot.channels.zalo_bot.errors import as_channel_error
from bot.channels.zalo_bot.receive import CHANNEL
from bot.channels.zalo_bot.request import BotApi
from content.channels import ZALO_BOT, bubbles

_TYPING_SECONDS: Final = 5.0


class ZaloBotChannel:
    """A `Channel` on a bot; `permanent` are the error codes for which trying again cannot help."""

    name = CHANNEL

    def __init__(self, api: BotApi, permanent: frozenset[int]) -> None:
        self._api = api
        self._permanent = permanent

    async def send(self, address: str, message: OutgoingMessage) -> str | None:
        """Send one message; returns Zalo's id of it, or its ids with commas where it had to be split.

        Raises ChannelError. A long message that fails in the middle is sent again from its beginning.
        """
        if not message.text.strip():
            raise ChannelError("Zalo Bot: nothing to send", permanent=True)
        text = f"{message.name}:\n{message.text}" if message.name else message.text
        labels = [choice.label for choice in message.choices]
        numbers = [choice.number for choice in message.choices]
        ids = []
        for bubble in bubbles(ZALO_BOT, text, labels, numbers):
            sent = await self._telling("sendMessage", {"chat_id": address, "text": bubble.text})
            ids.append(str(sent["message_id"]) if isinstance(sent, dict) and "message_id" in sent else "")
        return ",".join(filter(None, ids)) or None

    async def show_typing(self, address: str) -> None:
        """Show that somebody types. Raises what a call can raise."""
        await self._api.call("sendChatAction", {"chat_id": address, "action": "typing"}, seconds=_TYPING_SECONDS)

    async def delete(self, address: str, message_ids: Sequence[str]) -> None:
        """Delete nothing: Zalo has no way to."""

    async def _telling(self, method: str, values: Mapping[str, Any]) -> Any:
        """Make a call; raises ChannelError, without the error behind it and what that may hold."""
        try:
            return await self._api.call(method, values)
        except Exception as error:  # noqa: BLE001 - a caller knows ChannelError only
            failure = as_channel_error(error, self._permanent)
        raise failure
