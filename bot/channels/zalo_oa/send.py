"""Writes to Zalo: consultation messages with buttons. Nothing can be changed or deleted there once it is sent."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import structlog

from bot.channels.pace import Pace
from bot.channels.port import ChannelError, OutgoingChoice, OutgoingMessage
from bot.channels.zalo_oa.errors import TOKEN_CODES, as_channel_error, passing
from bot.channels.zalo_oa.receive import BUTTON_MARK, CHANNEL, is_payload
from bot.channels.zalo_oa.request import ZaloRequest, code_of
from content.channels import ZALO_OA, Bubble, bubbles

SEND_PATH: Final = "/v3.0/oa/message/cs"
_SECONDS: Final = 8.0  # two calls and the renewal between them stay below `store.outbox.SENDING_SECONDS`
_LONGEST_ID: Final = 64  # as much as the outbox keeps of an id that nothing can be done with

log = structlog.get_logger(__name__)


class TokenSource(Protocol):
    """Where the access token comes from (`tokens.Tokens`)."""

    async def access(self) -> str:
        """Return the token to call with."""
        ...

    async def renewed(self, refused: str) -> str:
        """Return another one than that which was refused."""
        ...


class ZaloOaChannel:
    """A `Channel` on an Official Account."""

    name = CHANNEL

    def __init__(
        self,
        request: ZaloRequest,
        tokens: TokenSource,
        *,
        pace: Pace | None = None,
        template: bool = False,
        has_left: Callable[[str], Awaitable[bool]] | None = None,
    ) -> None:
        """`template` names the kind of template that buttons are; `has_left` knows who stopped following."""
        self._request = request
        self._tokens = tokens
        self._pace = pace or Pace(per_second=20, per_chat_second=2)
        self._template = template
        self._has_left = has_left

    async def send(self, address: str, message: OutgoingMessage) -> str | None:
        """Send one message; returns Zalo's id of its last part. Raises ChannelError.

        A long message that fails in the middle is sent again from its beginning: twice is better than half.
        """
        if not message.text.strip():
            raise ChannelError("Zalo OA: nothing to send", permanent=True)
        if self._has_left is not None and await self._has_left(address):
            raise ChannelError("Zalo OA: the person stopped following", permanent=True)
        text = f"{message.name}:\n{message.text}" if message.name else message.text
        choices = tuple(_sendable(message.choices))
        labels, numbers = [choice.label for choice in choices], [choice.number for choice in choices]
        sent = None
        for bubble in bubbles(ZALO_OA, text, labels, numbers):
            await self._pace.wait(address)
            sent = await self._send({"recipient": {"user_id": address}, "message": self._shown(bubble, choices)})
        return sent

    async def delete(self, address: str, message_ids: Sequence[str]) -> None:
        """Do nothing: Zalo has no way to delete a message, and the person was told so."""

    def _shown(self, bubble: Bubble, choices: Sequence[OutgoingChoice]) -> dict[str, Any]:
        if not bubble.places:
            return {"text": bubble.text}
        buttons = [
            {"title": label, "type": "oa.query.hide", "payload": f"{BUTTON_MARK}{choices[place].id}"}
            for label, place in zip(bubble.labels, bubble.places, strict=True)
        ]
        payload: dict[str, Any] = {"buttons": buttons}
        if self._template:
            payload["template_type"] = "button"
        return {"text": bubble.text, "attachment": {"type": "template", "payload": payload}}

    async def _send(self, body: Mapping[str, Any]) -> str | None:
        token = await self._tokens.access()
        answer = await self._request.call(SEND_PATH, body, token, seconds=_SECONDS)
        if code_of(answer) in TOKEN_CODES:
            # Refused before anything was done, so this cannot make it arrive twice.
            token = await self._tokens.renewed(token)
            answer = await self._request.call(SEND_PATH, body, token, seconds=_SECONDS)
        code = code_of(answer)
        if code is None:
            raise passing("unreadable answer")
        if code:
            raise as_channel_error(code)
        data = answer.get("data")
        shown = data.get("message_id") if isinstance(data, dict) else None
        return shown[:_LONGEST_ID] if isinstance(shown, str) else None


def _sendable(choices: Sequence[OutgoingChoice]) -> Iterator[OutgoingChoice]:
    """Leave out a choice whose button would come back as words: the words that it stands under must arrive."""
    for choice in choices:
        if is_payload(choice.id) and choice.label.strip():
            yield choice
        else:
            log.error("zalo_oa.choice_left_out", choice=choice.id)
