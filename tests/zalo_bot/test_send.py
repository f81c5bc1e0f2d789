import pytest

from bot.channels.port import ChannelError, OutgoingChoice, OutgoingMessage
from bot.channels.zalo_bot.errors import as_channel_error
from bot.channels.zalo_bot.request import BotApi
from bot.channels.zalo_bot.send import ZaloBotChannel
from tests.channels import faults
from tests.zalo_bot.bot_server import ZaloBotServer

LAN = "6ede"
WORDS = "bố đánh em"


@pytest.fixture(autouse=True)
def _a_chat(server: ZaloBotServer) -> None:
    server.says(LAN, "chào")


def _choices(*labels: str, after: int | None = 0) -> tuple[OutgoingChoice, ...]:
    return tuple(
        OutgoingChoice(id=f"answer.{n}", label=label, number=None if after is None else n + after)
        for n, label in enumerate(labels, start=1)
    )


async def _fails(channel: ZaloBotChannel, text: str = WORDS, address: str = LAN) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await channel.send(address, OutgoingMessage(text=text))
    return caught.value


async def test_choices_are_lines_with_the_numbers_of_the_message(
    server: ZaloBotServer, channel: ZaloBotChannel
) -> None:
    await channel.send(LAN, OutgoingMessage(text="Chọn nhé", choices=_choices("Có", "Không", after=3)))
    assert server.answers(LAN) == ["Chọn nhé\n\n4. Có\n5. Không"]
    assert server.calls_of("sendMessage") == [{"chat_id": LAN, "text": "Chọn nhé\n\n4. Có\n5. Không"}]
    assert server.violations == []


async def test_a_counsellor_is_named(server: ZaloBotServer, channel: ZaloBotChannel) -> None:
    message_id = await channel.send(LAN, OutgoingMessage(text="Chào em", name="Cô Lan", protect=True, picture="a.b"))
    assert server.answers(LAN) == ["Cô Lan:\nChào em"]
    assert message_id == f"b{server.screens[LAN][-1].number}"


@pytest.mark.parametrize("text", ["a" * 2000, "a" * 2001, "😀" * 1000, "😀" * 4000, "một đoạn dài. " * 900])
async def test_every_part_fits(server: ZaloBotServer, channel: ZaloBotChannel, text: str) -> None:
    message_id = await channel.send(LAN, OutgoingMessage(text=text, choices=_choices("Có")))
    said = server.answers(LAN)
    assert "".join("".join(said).split()) == "".join(f"{text}1. Có".split())
    assert message_id is not None
    assert len(message_id.split(",")) == len(said)
    assert server.violations == []


@pytest.mark.parametrize("text", ["", " \n "])
async def test_nothing_is_not_sent(server: ZaloBotServer, channel: ZaloBotChannel, text: str) -> None:
    assert (await _fails(channel, text)).permanent
    assert server.calls == []


async def test_a_chat_that_is_not_there(channel: ZaloBotChannel) -> None:
    assert (await _fails(channel, address="nobody")).permanent


async def test_which_errors_are_for_ever_is_a_setting(server: ZaloBotServer, api: BotApi) -> None:
    server.fail_next("sendMessage", faults.refused(400), times=2)
    assert (await _fails(ZaloBotChannel(api, frozenset({400})))).permanent
    assert not (await _fails(ZaloBotChannel(api, frozenset()))).permanent


@pytest.mark.parametrize(
    "fault",
    [
        faults.refused(401, "Unauthorized", status=401),
        faults.refused(403, "internal server error"),
        faults.refused(404, status=404),
        faults.refused(408),
        faults.bad_gateway(),
        faults.cut(),
        faults.answer_lost(),
        faults.nonsense(b"<html>"),
        faults.nonsense(b"[]"),
        faults.nonsense(b'{"ok": "yes"}'),
        faults.nonsense(b'{"ok": false}'),
        faults.nonsense(b'{"ok": false, "error_code": "400"}'),
        faults.nonsense(b"[" * 100_000),
    ],
)
async def test_what_passes(server: ZaloBotServer, channel: ZaloBotChannel, fault: faults.Fault) -> None:
    server.fail_next("sendMessage", fault)
    error = await _fails(channel)
    assert (error.permanent, error.retry_after_seconds) == (False, None)
    assert await channel.send(LAN, OutgoingMessage(text="noch")) is not None


async def test_a_quota_is_waited_for(server: ZaloBotServer, channel: ZaloBotChannel) -> None:
    server.fail_next("sendMessage", faults.quota())
    error = await _fails(channel)
    assert (error.permanent, error.retry_after_seconds) == (False, 30.0)


async def test_an_answer_that_does_not_come(server: ZaloBotServer, api: BotApi) -> None:
    server.fail_next("sendMessage", faults.answer_late(5))
    with pytest.raises(Exception, match="TimeoutError") as caught:
        await api.call("sendMessage", {"chat_id": LAN, "text": WORDS}, seconds=0.3)
    assert caught.value.__context__ is None
    assert server.answers(LAN) == [WORDS]  # so it may come twice


async def test_a_redirect_is_not_followed(server: ZaloBotServer, channel: ZaloBotChannel) -> None:
    server.fail_next("sendMessage", faults.elsewhere(f"{server.url}/bot{server.token}/sendMessage"))
    assert not (await _fails(channel)).permanent
    assert server.answers(LAN) == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://127.0.0.1:99999", "http://[::1"])
async def test_a_server_that_is_not_there(server: ZaloBotServer, address: str) -> None:
    try:
        api = BotApi(server.token, address)
    except ValueError:
        return  # settings let no such address through
    error = await _fails(ZaloBotChannel(api, frozenset({400})))
    assert not error.permanent
    assert server.token not in repr(error)
    await api.close()


async def test_a_message_that_failed_in_the_middle_comes_again_from_its_beginning(
    server: ZaloBotServer, channel: ZaloBotChannel
) -> None:
    first = await channel.send(LAN, OutgoingMessage(text="một"))
    assert first is not None
    server.fail_next("sendMessage", faults.Fault(does=True))
    server.fail_next("sendMessage", faults.cut())
    text = "a" * 1990 + "\n\n" + "b" * 1990
    await _fails(channel, text)
    await channel.send(LAN, OutgoingMessage(text=text))
    assert [said[:1] for said in server.answers(LAN)] == ["m", "a", "a", "b"]


async def test_typing_is_shown(server: ZaloBotServer, channel: ZaloBotChannel) -> None:
    await channel.show_typing(LAN)
    assert server.calls == [("sendChatAction", {"chat_id": LAN, "action": "typing"})]
    assert server.violations == []


async def test_deleting_does_nothing(server: ZaloBotServer, channel: ZaloBotChannel) -> None:
    await channel.delete(LAN, ["b1", "b2"])
    assert server.calls == []


def test_an_error_of_any_kind_says_its_kind_alone() -> None:
    told = as_channel_error(RuntimeError(WORDS), frozenset())
    assert (str(told), told.permanent) == ("Zalo Bot: RuntimeError", False)
