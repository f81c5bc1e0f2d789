from collections.abc import Sequence

import pytest
import structlog
from telegram import Bot
from telegram.error import ChatMigrated, InvalidToken

from bot.channels.pace import Pace
from bot.channels.port import Channel, ChannelError, OutgoingChoice, OutgoingMessage
from bot.channels.telegram.errors import as_channel_error
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.setup import make_bot
from tests.telegram import faults
from tests.telegram.bot_api_server import BotApiServer
from tests.telegram.chats import file_id
from tests.telegram.methods import png_size

LAN = 42
WORDS = "bố đánh em"


@pytest.fixture(autouse=True)
async def _a_chat(server: BotApiServer) -> None:
    await server.user_says(LAN, "chào")


def _choices(*labels: str) -> tuple[OutgoingChoice, ...]:
    return tuple(OutgoingChoice(id=f"answer.{n}", label=label) for n, label in enumerate(labels, start=1))


def _from_bot(server: BotApiServer) -> list[str]:
    return [shown.text for shown in server.messages(LAN) if shown.from_bot]


async def _fails(channel: Channel, text: str = WORDS, address: str = str(LAN)) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await channel.send(address, OutgoingMessage(text=text))
    return caught.value


async def test_a_message_is_shown_as_it_is(server: BotApiServer, channel: TelegramChannel) -> None:
    text = "Chào *bạn* <b>nhỏ</b> _ https://tongdai111.vn\n111"
    message_id = await channel.send(str(LAN), OutgoingMessage(text=text))
    shown = server.messages(LAN)[-1]
    assert (shown.text, shown.buttons, shown.protected, shown.preview) == (text, (), False, False)
    assert message_id == str(shown.message_id)
    assert server.violations == []


async def test_a_counsellor_is_named_and_her_words_protected(server: BotApiServer, channel: TelegramChannel) -> None:
    await channel.send(str(LAN), OutgoingMessage(text="Chào em", name="Cô Lan · tổng đài 111", protect=True))
    shown = server.messages(LAN)[-1]
    assert (shown.text, shown.protected) == ("Cô Lan · tổng đài 111:\nChào em", True)


async def test_buttons_stand_in_rows(server: BotApiServer, channel: TelegramChannel) -> None:
    labels = ("Có", "Không", "Mình muốn nói chuyện ngay", "Để sau", "Ba", "Bốn", "Bạn mình đang gặp chuyện này")
    await channel.send(str(LAN), OutgoingMessage(text="?", choices=_choices(*labels)))
    shown = server.messages(LAN)[-1]
    assert [[label for label, _ in row] for row in shown.buttons] == [
        ["Có", "Không"],
        ["Mình muốn nói chuyện ngay"],
        ["Để sau", "Ba"],
        ["Bốn"],
        ["Bạn mình đang gặp chuyện này"],
    ]
    assert shown.choices == tuple(f"answer.{n}" for n in range(1, 8))
    assert server.violations == []


async def test_a_choice_that_telegram_refuses_does_not_cost_the_words(
    server: BotApiServer, channel: TelegramChannel
) -> None:
    choices = (
        OutgoingChoice(id="á" * 33, label="Dài"),
        OutgoingChoice(id="", label="Trống"),
        OutgoingChoice(id="menu", label=" "),
        OutgoingChoice(id="á" * 32, label="Vừa"),
    )
    with structlog.testing.capture_logs() as logs:
        await channel.send(str(LAN), OutgoingMessage(text="111", choices=choices))
    assert server.messages(LAN)[-1].choices == ("á" * 32,)
    assert [line["event"] for line in logs] == ["telegram.choice_left_out"] * 3


async def test_a_long_message_is_split_at_paragraphs(server: BotApiServer, channel: TelegramChannel) -> None:
    paragraphs = [str(n) * 1500 for n in range(6)]
    message = OutgoingMessage(text="\n\n".join(paragraphs), choices=_choices("Có"), name="Cô Lan")
    message_id = await channel.send(str(LAN), message)
    shown = server.messages(LAN)[-3:]
    assert [part.text for part in shown] == [
        "Cô Lan:\n" + "\n\n".join(paragraphs[:2]),
        "\n\n".join(paragraphs[2:4]),
        "\n\n".join(paragraphs[4:]),
    ]
    assert [part.choices for part in shown] == [(), (), ("answer.1",)]
    assert message_id == ",".join(str(part.message_id) for part in shown)


@pytest.mark.parametrize("text", ["a" * 4096, "a" * 4097, "😀" * 2048, "😀" * 4096, "😀 " * 3000])
async def test_every_part_fits(server: BotApiServer, channel: TelegramChannel, text: str) -> None:
    await channel.send(str(LAN), OutgoingMessage(text=text))
    assert "".join(_from_bot(server)).replace(" ", "") == text.replace(" ", "")
    assert server.violations == []


@pytest.mark.parametrize("text", ["", " \n "])
async def test_nothing_is_not_sent(server: BotApiServer, channel: TelegramChannel, text: str) -> None:
    assert (await _fails(channel, text)).permanent
    assert server.calls_of("sendMessage") == []


@pytest.mark.parametrize("address", ["43", "", "x", "4 2"])
async def test_a_chat_that_is_not_there(channel: TelegramChannel, address: str) -> None:
    assert (await _fails(channel, address=address)).permanent


async def test_a_bot_that_was_blocked(server: BotApiServer, channel: TelegramChannel) -> None:
    await server.block(LAN)
    error = await _fails(channel)
    assert (error.permanent, error.retry_after_seconds) == (True, None)


@pytest.mark.parametrize("description", ["Forbidden: user is deactivated", "Forbidden: bot was kicked"])
async def test_a_person_who_is_gone(server: BotApiServer, channel: TelegramChannel, description: str) -> None:
    server.fail_next("sendMessage", faults.status(403, description))
    assert (await _fails(channel)).permanent


async def test_too_many_messages(server: BotApiServer, channel: TelegramChannel) -> None:
    server.fail_next("sendMessage", faults.flood(7))
    error = await _fails(channel)
    assert (error.permanent, error.retry_after_seconds) == (False, 7.0)


async def test_too_many_messages_where_seconds_are_whole_numbers(
    server: BotApiServer, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "false")
    monkeypatch.setattr("telegram._utils.datetime.warn", lambda *_, **__: None)
    server.fail_next("sendMessage", faults.flood(7))
    assert (await _fails(channel)).retry_after_seconds == 7.0


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(500),
        faults.bad_gateway(),
        faults.status(401, "Unauthorized"),
        faults.status(409, "Conflict: terminated by other getUpdates request"),
        faults.status(302, "Found"),
        faults.cut(),
        faults.nonsense(b"<html>"),
        faults.nonsense(b"[]"),
        faults.nonsense(b'{"ok": true}'),
        faults.nonsense(b'{"ok": true, "result": 5}'),
        faults.nonsense(b'{"ok": true, "result": {"message_id": 1}}'),
        faults.Fault(status=500, body=b'{"ok": false, "parameters": 5, "description": 5}'),
    ],
)
async def test_what_passes(server: BotApiServer, channel: TelegramChannel, fault: faults.Fault) -> None:
    server.fail_next("sendMessage", fault)
    error = await _fails(channel)
    assert (error.permanent, error.retry_after_seconds) == (False, None)
    assert await channel.send(str(LAN), OutgoingMessage(text="noch")) is not None


async def test_an_answer_that_is_lost_may_mean_a_message_twice(server: BotApiServer, channel: TelegramChannel) -> None:
    server.fail_next("sendMessage", faults.answer_lost())
    assert not (await _fails(channel)).permanent
    assert _from_bot(server) == [WORDS]


async def test_no_server(server: BotApiServer) -> None:
    made = make_bot(server.token, "http://127.0.0.1:9")
    channel = TelegramChannel(made)
    assert not (await _fails(channel)).permanent


@pytest.mark.parametrize(
    ("error", "permanent"),
    [(ChatMigrated(5), True), (InvalidToken("4242:secret"), False), (RuntimeError(WORDS), False)],
)
def test_an_error_says_its_kind_alone(error: Exception, *, permanent: bool) -> None:
    told = as_channel_error(error)
    assert (str(told), told.permanent) == (f"Telegram: {type(error).__name__}", permanent)


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(400, f"Bad Request: {WORDS} 42"),
        faults.status(403, f"Forbidden: {WORDS} 42"),
        faults.status(404, f"Not Found {WORDS} 42"),
        faults.Fault(status=500, body=f"{WORDS} 42".encode()),
        faults.cut(),
    ],
)
async def test_an_error_holds_no_words_no_token_no_chat(
    server: BotApiServer, channel: TelegramChannel, fault: faults.Fault
) -> None:
    server.fail_next("sendMessage", fault)
    error = await _fails(channel)
    assert error.__context__ is None
    assert error.__cause__ is None
    assert not any(word in repr(error) for word in (WORDS, "42", server.token))


async def _sent(channel: TelegramChannel, count: int) -> list[str]:
    ids = [await channel.send(str(LAN), OutgoingMessage(text=str(n))) for n in range(count)]
    return [message_id for message_id in ids if message_id is not None]


async def test_messages_of_both_sides_are_deleted(server: BotApiServer, channel: TelegramChannel) -> None:
    theirs = str(server.messages(LAN)[0].message_id)
    first, second, third = await _sent(channel, 3)
    await channel.delete(str(LAN), [f"{first},{second}", theirs, first, "", "m_zalo", "-5", "9999"])
    assert [str(shown.message_id) for shown in server.messages(LAN)] == [third]
    assert server.violations == []


async def test_many_are_deleted_in_hundreds(server: BotApiServer, bot: Bot) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    channel = TelegramChannel(bot, Pace(sleep=sleep))
    ids = await _sent(channel, 205)
    await channel.delete(str(LAN), ids)
    assert _from_bot(server) == []
    assert [len(values["message_ids"]) for values in server.calls_of("deleteMessages")] == [100, 100, 5]
    assert server.calls_of("deleteMessage") == []


async def test_what_is_too_old_to_go_is_emptied_and_the_rest_goes(
    server: BotApiServer, channel: TelegramChannel
) -> None:
    ids = await _sent(channel, 3)
    server.chats.make_old(LAN, int(ids[1]))
    await channel.delete(str(LAN), ids)
    (left,) = [shown for shown in server.messages(LAN) if shown.from_bot]
    assert (left.text, left.choices) == ("…", ())
    assert server.violations == []


async def test_an_old_picture_loses_its_words_and_buttons(server: BotApiServer, channel: TelegramChannel) -> None:
    message_id = await channel.send(str(LAN), _picture("Lừa đảo"))
    assert message_id is not None
    server.chats.make_old(LAN, int(message_id))
    await channel.delete(str(LAN), [message_id])
    (left,) = [shown for shown in server.messages(LAN) if shown.from_bot]
    assert (left.text, left.choices) == ("…", ())


async def test_an_old_message_of_the_child_stays(server: BotApiServer, channel: TelegramChannel) -> None:
    (own,) = server.messages(LAN)
    server.chats.make_old(LAN, own.message_id)
    await channel.delete(str(LAN), [str(own.message_id)])
    assert [shown.text for shown in server.messages(LAN)] == ["chào"]
    assert server.violations == []


@pytest.mark.parametrize("ids", [(), ("",), ("x",)])
async def test_nothing_to_delete(server: BotApiServer, channel: TelegramChannel, ids: Sequence[str]) -> None:
    await channel.delete(str(LAN), ids)
    assert server.calls_of("deleteMessages") == []


async def test_deleting_where_the_bot_was_blocked_is_passed_over(
    server: BotApiServer, channel: TelegramChannel
) -> None:
    server.fail_next("deleteMessages", faults.status(403, "Forbidden: bot was blocked by the user"))
    server.fail_next("deleteMessage", faults.status(403, "Forbidden: bot was blocked by the user"))
    await channel.delete(str(LAN), ["5"])


@pytest.mark.parametrize("fault", [faults.flood(3), faults.status(500), faults.cut()])
async def test_deleting_that_may_still_work_is_told(
    server: BotApiServer, channel: TelegramChannel, fault: faults.Fault
) -> None:
    (first,) = await _sent(channel, 1)
    server.fail_next("deleteMessages", fault)
    with pytest.raises(ChannelError) as caught:
        await channel.delete(str(LAN), [first])
    assert not caught.value.permanent
    await channel.delete(str(LAN), [first])
    assert _from_bot(server) == []


# --- pictures ------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take long to draw."""
    monkeypatch.setattr("bot.channels.telegram.send._PICTURE_SECONDS", 60.0)


def _picture(text: str, **more: object) -> OutgoingMessage:
    return OutgoingMessage(text=text, choices=_choices("Tiếp"), picture="cover.scam", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["Lừa đảo (1/6)\n\nChuyện của Bơ", "a" * 1024, "😀" * 512])
async def test_a_picture_carries_the_words_that_fit_under_it(
    server: BotApiServer, channel: TelegramChannel, text: str
) -> None:
    message_id = await channel.send(str(LAN), _picture(text))
    (shown,) = [shown for shown in server.messages(LAN) if shown.from_bot]
    assert (shown.text, shown.choices, message_id) == (text, ("answer.1",), str(shown.message_id))
    assert png_size(shown.photo) == (640, 480)
    assert server.violations == []


@pytest.mark.parametrize(
    ("text", "caption", "behind"),
    [
        ("Lừa đảo (1/6)\n\n" + "a" * 1024, "Lừa đảo (1/6)", ["a" * 1024]),
        ("a" * 1025, "", ["a" * 1025]),
        ("😀" * 513, "", ["😀" * 513]),
        ("a" * 1025 + "\nb", "", ["a" * 1025 + "\nb"]),
        ("Lừa đảo\n" + "a" * 5000, "Lừa đảo", ["a" * 4096, "a" * 904]),
    ],
)
async def test_longer_words_come_behind_the_title_with_the_buttons_last(
    server: BotApiServer, channel: TelegramChannel, text: str, caption: str, behind: list[str]
) -> None:
    message_id = await channel.send(str(LAN), _picture(text))
    photo, *rest = [shown for shown in server.messages(LAN) if shown.from_bot]
    assert (bool(photo.photo), photo.text, photo.choices) == (True, caption, ())
    assert [shown.text for shown in rest] == behind
    assert [shown.choices for shown in rest] == [*[()] * (len(rest) - 1), ("answer.1",)]
    assert message_id == ",".join(str(shown.message_id) for shown in (photo, *rest))
    assert server.violations == []


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(400, "Bad Request: IMAGE_PROCESS_FAILED"),
        faults.status(500),
        faults.flood(7),
        faults.bad_gateway(),
        faults.cut(),
        faults.nonsense(b"{}"),
    ],
)
@pytest.mark.parametrize("text", ["Lừa đảo", "Lừa đảo\n" + "a" * 2000])
async def test_a_picture_that_fails_never_costs_the_words(
    server: BotApiServer, channel: TelegramChannel, fault: faults.Fault, text: str
) -> None:
    server.fail_next("sendPhoto", fault)
    with structlog.testing.capture_logs() as logs:
        await channel.send(str(LAN), _picture(text))
    (shown,) = [shown for shown in server.messages(LAN) if shown.from_bot]
    assert (shown.text, shown.photo, shown.choices) == (text, b"", ("answer.1",))
    assert [line["event"] for line in logs] == ["telegram.picture_left_out"]


async def test_a_picture_that_takes_too_long_is_not_waited_for(
    server: BotApiServer, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.send._PICTURE_SECONDS", 0.5)
    server.fail_next("sendPhoto", faults.Fault(hangs_seconds=5))
    await channel.send(str(LAN), _picture("Lừa đảo"))
    assert _from_bot(server) == ["Lừa đảo"]


async def test_a_picture_is_brought_once_and_named_from_then_on(server: BotApiServer, channel: TelegramChannel) -> None:
    for _ in range(3):
        await channel.send(str(LAN), _picture("Lừa đảo"))
    first, *later = [values["photo"] for values in server.calls_of("sendPhoto")]
    assert isinstance(first, bytes)
    assert later == [file_id(first)] * 2
    shown = [shown.photo for shown in server.messages(LAN) if shown.from_bot]
    assert shown == [first] * 3


async def test_a_picture_that_telegram_forgot_is_brought_anew(server: BotApiServer, channel: TelegramChannel) -> None:
    await channel.send(str(LAN), _picture("Lừa đảo"))
    server.photos.clear()
    for _ in range(2):
        await channel.send(str(LAN), _picture("Lừa đảo"))
    assert [bool(shown.photo) for shown in server.messages(LAN) if shown.from_bot] == [True, False, True]


async def test_an_unknown_picture_never_costs_the_words(server: BotApiServer, channel: TelegramChannel) -> None:
    await channel.send(str(LAN), OutgoingMessage(text="Lừa đảo", picture="cover.cooking"))
    assert _from_bot(server) == ["Lừa đảo"]
    assert server.calls_of("sendPhoto") == []


async def test_a_picture_keeps_the_pace_of_a_message(bot: Bot) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    paced = TelegramChannel(bot, Pace(clock=lambda: 0.0, sleep=sleep))
    for _ in range(3):
        await paced.send(str(LAN), _picture("Lừa đảo\n" + "a" * 2000))
    assert waited == [1.0, 2.0]


async def test_a_picture_is_deleted_with_its_words(server: BotApiServer, channel: TelegramChannel) -> None:
    message_id = await channel.send(str(LAN), _picture("Lừa đảo\n" + "a" * 2000))
    assert message_id is not None
    await channel.delete(str(LAN), [message_id])
    assert _from_bot(server) == []
