"""Joins Messenger when a page's token is set; what it needs beside it, `Settings.messenger_refusal` has seen to."""

from typing import Final

from aiohttp import web
from pydantic import SecretStr

from bot.channels import typing
from bot.channels.joining import Joining
from bot.channels.messenger.request import Page, SendApi
from bot.channels.messenger.send import MessengerChannel
from bot.channels.messenger.webhook import verification_handler, webhook_handler

WEBHOOK_PATH: Final = "/channels/messenger"


def join(joining: Joining) -> list[web.RouteDef]:
    """Join Messenger, if it is set; returns the routes of its webhook."""
    settings = joining.settings
    if settings.messenger_page_token is None:
        return []
    page = Page(
        id=settings.messenger_page_id or "",
        token=settings.messenger_page_token.get_secret_value(),
        app_secret=_word(settings.messenger_app_secret),
    )
    api = SendApi(page, settings.messenger_base_url, settings.messenger_api_version)
    joining.stack.push_async_callback(api.close)
    ingest = typing.joined(joining, MessengerChannel(api, human_agent=settings.messenger_human_agent))
    return [
        web.get(WEBHOOK_PATH, verification_handler(_word(settings.messenger_verify_token))),
        web.post(WEBHOOK_PATH, webhook_handler(ingest, page)),
    ]


def _word(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""
