"""Telegram's errors in the port's words: whether trying again can help, and when.

The texts of Telegram's errors are left behind: they may hold what was sent, a chat id, or (InvalidToken) the token.
"""

from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from bot.channels.port import ChannelError


def as_channel_error(error: Exception) -> ChannelError:
    """Return the error to raise instead.

    Permanent: the person blocked the bot or is gone (Forbidden), or Telegram will never take this call (BadRequest).
    Everything else passes: floods, the network, 5xx, a second poller, a token to be put right, an unreadable answer.
    """
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        return ChannelError("Telegram: RetryAfter", permanent=False, retry_after_seconds=seconds)
    permanent = isinstance(error, Forbidden | BadRequest | ChatMigrated)
    return ChannelError(f"Telegram: {type(error).__name__}", permanent=permanent)
