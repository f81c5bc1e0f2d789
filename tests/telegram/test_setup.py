import pytest
from telegram import Bot
from telegram.error import InvalidToken

from bot.channels.port import ChannelError
from bot.channels.telegram.receive import ALLOWED_UPDATES, COMMANDS
from bot.channels.telegram.setup import COMMANDS_EN, COMMANDS_VI, make_bot, prepare
from tests.telegram import faults
from tests.telegram.bot_api_server import TOKEN, BotApiServer

SECRET = "a-Secret_2026"


@pytest.fixture
async def fresh(server: BotApiServer, request: pytest.FixtureRequest) -> Bot:
    """Return a bot that is not connected yet."""
    del request
    return make_bot(server.token, server.url)


async def test_polling_is_prepared(server: BotApiServer, fresh: Bot) -> None:
    server.updates.set_webhook("https://old.example/", None)
    await prepare(fresh, None)
    assert server.updates.url == ""
    assert {
        language: [command["command"] for command in commands] for language, commands in server.commands.items()
    } == {
        "": ["menu", "111", "thoat", "xoa"],
        "vi": ["menu", "111", "thoat", "xoa"],
        "en": ["menu", "111", "exit", "delete"],
    }
    assert {values["scope"]["type"] for values in server.calls_of("setMyCommands")} == {"all_private_chats"}
    assert server.violations == []
    await fresh.shutdown()


def test_every_command_on_offer_is_understood() -> None:
    assert {command.command for command in (*COMMANDS_VI, *COMMANDS_EN)} <= set(COMMANDS)


@pytest.mark.parametrize("address", ["https://khien.vn", "https://khien.vn/"])
async def test_a_webhook_is_prepared(server: BotApiServer, fresh: Bot, address: str) -> None:
    await prepare(fresh, address, SECRET)
    (call,) = server.calls_of("setWebhook")
    assert call == {
        "url": "https://khien.vn/channels/telegram",
        "secret_token": SECRET,
        "allowed_updates": list(ALLOWED_UPDATES),
    }
    assert server.calls_of("deleteWebhook") == []
    assert server.violations == []
    await fresh.shutdown()


@pytest.mark.parametrize("secret", [None, "", "a b"])
async def test_a_webhook_needs_a_secret(server: BotApiServer, fresh: Bot, secret: str | None) -> None:
    with pytest.raises(ValueError, match="1 to 256"):
        await prepare(fresh, "https://khien.vn", secret)
    assert server.calls == []


async def test_an_address_that_telegram_refuses(server: BotApiServer, fresh: Bot) -> None:
    with pytest.raises(ChannelError) as caught:
        await prepare(fresh, "http://khien.vn", SECRET)
    assert caught.value.permanent
    assert server.violations == ["setWebhook: url is not https"]


@pytest.mark.parametrize("method", ["getMe", "setMyCommands", "deleteWebhook"])
async def test_preparing_again_after_a_failure(server: BotApiServer, fresh: Bot, method: str) -> None:
    server.fail_next(method, faults.status(502))
    with pytest.raises(ChannelError) as caught:
        await prepare(fresh, None)
    assert not caught.value.permanent
    await prepare(fresh, None)
    assert set(server.commands) == {"", "vi", "en"}
    await fresh.shutdown()


async def test_a_token_that_is_refused_is_not_told(server: BotApiServer) -> None:
    wrong = make_bot("4242:wrong-token", server.url)
    with pytest.raises(ChannelError) as caught:
        await prepare(wrong, None)
    assert str(caught.value) == "Telegram: InvalidToken"
    assert caught.value.__context__ is None


def test_telegrams_own_address_unless_another_is_given() -> None:
    assert make_bot(TOKEN).base_url == f"https://api.telegram.org/bot{TOKEN}"
    assert make_bot(TOKEN, "http://127.0.0.1:8081/").base_url == f"http://127.0.0.1:8081/bot{TOKEN}"


def test_an_empty_token() -> None:
    with pytest.raises(InvalidToken):
        make_bot("")


def test_a_bot_does_not_show_its_token() -> None:
    assert TOKEN not in repr(make_bot(TOKEN))
    assert TOKEN not in str(make_bot(TOKEN))
