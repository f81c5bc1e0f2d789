"""Tells Zalo where this bot's events go: to a webhook, or to whoever asks."""

from typing import Final

import structlog

from bot.channels.bodies import object_in
from bot.channels.zalo_bot.errors import RefusedError
from bot.channels.zalo_bot.request import BotApi

WEBHOOK_PATH: Final = "/channels/zalo_bot"
_SHORTEST, _LONGEST = 8, 256  # characters of the secret, by the documentation
_NONE_SET: Final = {400, 404}  # seen where there was no webhook to take away
log = structlog.get_logger(__name__)


async def prepare(api: BotApi, public_url: str | None, secret: str) -> None:
    """Direct events to `public_url` + WEBHOOK_PATH, or to polling. Raises RefusedError, WireError, ValueError."""
    if public_url is None:
        try:
            await api.call("deleteWebhook", {})
        except RefusedError as error:
            if error.code not in _NONE_SET:
                raise
        return
    url = public_url.rstrip("/") + WEBHOOK_PATH
    answer = await api.call("setWebhook", {"url": url, "secret_token": check_secret(secret)})
    # Zalo looks at the address at once, and keeps it whatever it finds.
    if object_in(object_in(answer).get("verification")).get("ok") is False:
        log.warning("zalo_bot.webhook_not_seen", channel="zalo_bot")


def check_secret(secret: str) -> str:
    """Return the webhook secret. Raises ValueError when Zalo would not take it."""
    if not _SHORTEST <= len(secret) <= _LONGEST or not secret.isascii() or not secret.isprintable():
        raise ValueError("a webhook secret has 8 to 256 letters, digits or signs")
    return secret
