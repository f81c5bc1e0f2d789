"""Writes to Messenger: texts, with choices as quick replies, and as a numbered list where they do not fit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import structlog

from bot.channels.messenger.errors import CLOSED, TOKEN_INVALID, RefusedError, as_channel_error
from bot.channels.messenger.receive import CHANNEL
from bot.channels.messenger.request import SendApi
from bot.channels.port import ChannelError, OutgoingMessage
from content.channels import MESSENGER, bubbles

_TYPING_SECONDS: Final = 5.0
_Answer = Mapping[str, Any]
log = structlog.get_logger(__name__)


class MessengerChannel:
    """A `Channel` on a page.

    `human_agent`: where 24 hours are over, a counsellor's words go by the tag HUMAN_AGENT, for 7 days. The bot's never.
    """

    name = CHANNEL

    def __init__(self, api: SendApi, *, human_agent: bool) -> None:
        self._api = api
        self._human_agent = human_agent

    async def send(self, address: str, message: OutgoingMessage) -> str | None:
        """Send one message; returns Messenger's id of it, or its ids with commas where it had to be split.

        Raises ChannelError. A long message that fails in the middle is sent again from its beginning.
        """
        if not message.text.strip():
            raise ChannelError("Messenger: nothing to send", permanent=True)
        ids = []
        for shown in _messages(message):
            sent = await self._telling(address, shown, by_person=message.name is not None)
            ids.append(str(sent.get("message_id", "")))
        return ",".join(filter(None, ids)) or None

    async def show_typing(self, address: str) -> None:
        """Show that somebody types. Raises what a call can raise."""
        await self._api.call(_to(address, {"sender_action": "typing_on"}), seconds=_TYPING_SECONDS)

    async def delete(self, address: str, message_ids: Sequence[str]) -> None:
        """Delete nothing: no way to is known."""

    async def _telling(self, address: str, shown: dict[str, Any], *, by_person: bool) -> _Answer:
        """Make a call; raises ChannelError, without the error behind it and what that may hold."""
        try:
            try:
                return await self._api.call(_to(address, {"messaging_type": "RESPONSE", "message": shown}))
            except RefusedError as error:
                if not (by_person and self._human_agent and error.is_one_of(CLOSED)):
                    raise
            # Asked for only where it is needed: the tag is for people who answer late.
            tagged = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT", "message": shown}
            return await self._api.call(_to(address, tagged))
        except Exception as error:  # noqa: BLE001 - a caller knows ChannelError only
            if isinstance(error, RefusedError) and error.code == TOKEN_INVALID:
                log.error("messenger.token_refused", channel=CHANNEL)  # nobody is answered until it is put right
            failure = as_channel_error(error)
        raise failure


def _to(address: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"recipient": {"id": address}, **values}


def _messages(message: OutgoingMessage) -> Iterator[dict[str, Any]]:
    text = f"{message.name}:\n{message.text}" if message.name else message.text
    labels = [choice.label for choice in message.choices]
    numbers = [choice.number for choice in message.choices]
    for bubble in bubbles(MESSENGER, text, labels, numbers):
        replies = [
            {"content_type": "text", "title": label, "payload": message.choices[place].id}
            for label, place in zip(bubble.labels, bubble.places, strict=True)
        ]
        yield {"text": bubble.text} | ({"quick_replies": replies} if replies else {})
