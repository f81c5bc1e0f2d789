"""Makes the bot and tells Telegram its commands and where its updates go."""

import logging
import os
import re
from typing import Final

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats

from bot.channels.telegram.errors import as_channel_error
from bot.channels.telegram.poll import UpdatesRequest
from bot.channels.telegram.receive import ALLOWED_UPDATES
from bot.channels.telegram.request import AiohttpRequest

WEBHOOK_PATH: Final = "/channels/telegram"
_HOST: Final = "https://api.telegram.org"
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")

# Neutral words: whoever takes up the phone reads this list.
COMMANDS_VI: Final = (
    BotCommand("menu", "Xem bảng chọn"),
    BotCommand("111", "Nói chuyện với tổng đài 111"),
    BotCommand("thoat", "Thoát nhanh"),
    BotCommand("xoa", "Xóa dữ liệu"),
)
COMMANDS_EN: Final = (
    BotCommand("menu", "Show the menu"),
    BotCommand("111", "Talk to hotline 111"),
    BotCommand("exit", "Quick exit"),
    BotCommand("delete", "Delete data"),
)


class _SilentBot(Bot):
    """The library's bot, without the token in its repr."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Bot[telegram]"


def make_bot(token: str, base_url: str | None = None) -> Bot:
    """Return a bot, not yet connected. `base_url` is the root of another Bot API server, as `http://127.0.0.1:8081`.

    Raises telegram.error.InvalidToken when the token is empty. Silences the library's loggers: at DEBUG they write down
    the token and every message.
    """
    _silence()
    # The library is moving to timedelta and warns until one opts in.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    root = (base_url or _HOST).rstrip("/")
    # The proxy of the environment is for the way to Telegram, not for a server of one's own.
    is_far = base_url is None
    return _SilentBot(
        token,
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        request=AiohttpRequest(trust_env=is_far),
        get_updates_request=UpdatesRequest(trust_env=is_far),
    )


async def connect(bot: Bot) -> None:
    """Connect the bot, for a process that only sends. Raises ChannelError."""
    try:
        await bot.initialize()
    except Exception as error:  # noqa: BLE001 - the library names the token in InvalidToken
        failure = as_channel_error(error)
    else:
        return
    await bot.shutdown()
    raise failure


async def prepare(bot: Bot, public_url: str | None, secret: str | None = None) -> None:
    """Connect the bot, set its commands, and direct its updates to `public_url` + WEBHOOK_PATH, or to polling.

    Updates that wait are kept. To close the bot again: `await bot.shutdown()`.
    Raises ChannelError (permanent where Telegram refuses a value), ValueError when the secret is not one it takes.
    """
    if public_url is not None:
        secret = check_secret(secret or "")
    try:
        await bot.initialize()
        for language, commands in ((None, COMMANDS_VI), ("vi", COMMANDS_VI), ("en", COMMANDS_EN)):
            await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats(), language_code=language)
        if public_url is None:
            await bot.delete_webhook()
        else:
            url = public_url.rstrip("/") + WEBHOOK_PATH
            await bot.set_webhook(url, allowed_updates=ALLOWED_UPDATES, secret_token=secret)
    except Exception as error:  # noqa: BLE001 - the library names the token in InvalidToken
        failure = as_channel_error(error)
    else:
        return
    await bot.shutdown()
    raise failure


def check_secret(secret: str) -> str:
    """Return the webhook secret. Raises ValueError when Telegram would not take it."""
    if not _SECRET.fullmatch(secret):
        raise ValueError("a webhook secret has 1 to 256 characters of A-Z, a-z, 0-9, _ and -")
    return secret


def _silence() -> None:
    logger = logging.getLogger("telegram")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
