import pytest
import structlog

from bot.channels.messenger.errors import as_channel_error
from bot.channels.messenger.request import Page, SendApi
from bot.channels.messenger.send import MessengerChannel
from bot.channels.port import ChannelError, OutgoingChoice, OutgoingMessage
from tests.channels import faults
from tests.messenger.graph_server import PAGE, VERSION, GraphServer, failing

LAN = "24601"
WORDS = "bố đánh em"


@pytest.fixture(autouse=True)
def _a_person(server: GraphServer) -> None:
    server.hours_since[LAN] = 0


def _choices(*labels: str) -> tuple[OutgoingChoice, ...]:
    return tuple(OutgoingChoice(id=f"answer.{n}", label=label, number=n) for n, label in enumerate(labels, start=1))


async def _fails(channel: MessengerChannel, text: str = WORDS, name: str | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await channel.send(LAN, OutgoingMessage(text=text, name=name))
    return caught.value


async def test_choices_are_quick_replies(server: GraphServer, channel: MessengerChannel) -> None:
    message_id = await channel.send(LAN, OutgoingMessage(text="Bạn an toàn chứ?", choices=_choices("Có", "Không")))
    (shown,) = server.screens[LAN]
    assert (shown.text, shown.mid) == ("Bạn an toàn chứ?", message_id)
    assert shown.choices == (("Có", "answer.1"), ("Không", "answer.2"))
    assert server.violations == []


async def test_what_does_not_fit_on_a_quick_reply_is_a_line_with_its_number(
    server: GraphServer, channel: MessengerChannel
) -> None:
    await channel.send(LAN, OutgoingMessage(text="Chọn", choices=_choices("Nói chuyện với cô chú 111", "Thoát nhanh")))
    (shown,) = server.screens[LAN]
    assert shown.text == "Chọn\n\n1. Nói chuyện với cô chú 111\n2. Thoát nhanh"
    assert shown.choices == (("1", "answer.1"), ("Thoát nhanh", "answer.2"))
    assert server.violations == []


async def test_more_than_thirteen_keep_the_way_out(server: GraphServer, channel: MessengerChannel) -> None:
    await channel.send(LAN, OutgoingMessage(text="Chọn", choices=_choices(*(f"Mục {n}" for n in range(1, 21)))))
    (shown,) = server.screens[LAN]
    assert [payload for _, payload in shown.choices] == [*(f"answer.{n}" for n in range(1, 13)), "answer.20"]
    assert "20. Mục 20" in shown.text
    assert server.violations == []


@pytest.mark.parametrize("text", ["a" * 2000, "a" * 2001, "😀" * 4000, "một đoạn dài. " * 900])
async def test_every_part_fits(server: GraphServer, channel: MessengerChannel, text: str) -> None:
    message_id = await channel.send(LAN, OutgoingMessage(text=text, name="Cô Lan", choices=_choices("Có")))
    shown = server.screens[LAN]
    assert "".join("".join(one.text for one in shown).split()) == "".join(f"Cô Lan:{text}".split())
    assert [bool(one.choices) for one in shown] == [*[False] * (len(shown) - 1), True]
    assert message_id == ",".join(one.mid for one in shown)
    assert server.violations == []


@pytest.mark.parametrize("text", ["", " \n "])
async def test_nothing_is_not_sent(server: GraphServer, channel: MessengerChannel, text: str) -> None:
    assert (await _fails(channel, text)).permanent
    assert server.calls == []


async def test_after_a_day_only_a_person_gets_through(server: GraphServer, channel: MessengerChannel) -> None:
    server.hours_since[LAN] = 25
    assert (await _fails(channel)).permanent
    await channel.send(LAN, OutgoingMessage(text="Cô đây em", name="Cô Lan"))
    assert [(shown.text, shown.tag) for shown in server.screens[LAN]] == [("Cô Lan:\nCô đây em", "HUMAN_AGENT")]
    server.hours_since[LAN] = 7 * 24 + 1
    assert (await _fails(channel, name="Cô Lan")).permanent
    assert server.violations == []


async def test_the_tag_is_not_used_where_it_is_not_needed(server: GraphServer, channel: MessengerChannel) -> None:
    await channel.send(LAN, OutgoingMessage(text="Cô đây em", name="Cô Lan"))
    assert [call["messaging_type"] for call in server.calls] == ["RESPONSE"]


async def test_the_tag_can_be_switched_off(server: GraphServer, api: SendApi) -> None:
    server.hours_since[LAN] = 25
    assert (await _fails(MessengerChannel(api, human_agent=False), name="Cô Lan")).permanent
    assert len(server.calls) == 1


@pytest.mark.parametrize(("code", "subcode"), [(10, 2018278), (551, None), (551, 7), (100, 2018001), (200, 1545041)])
async def test_what_is_for_ever(server: GraphServer, channel: MessengerChannel, code: int, subcode: int | None) -> None:
    server.fail_next(failing(code, subcode))
    error = await _fails(channel)
    assert (error.permanent, str(error)) == (True, f"Messenger: {code}/{subcode}")


@pytest.mark.parametrize(
    "fault",
    [
        failing(190, 460),
        failing(10),
        failing(100),
        failing(2, status=500),
        failing(1200),
        faults.bad_gateway(),
        faults.cut(),
        faults.answer_lost(),
        faults.nonsense(b"<html>"),
        faults.nonsense(b"[]"),
        faults.nonsense(b"{}"),
        faults.nonsense(b'{"error": "10"}'),
        faults.nonsense(b'{"error": {"code": "551"}, "recipient_id": "1"}'),
        faults.nonsense(b"[" * 100_000),
    ],
)
async def test_what_passes(server: GraphServer, channel: MessengerChannel, fault: faults.Fault) -> None:
    server.fail_next(fault)
    error = await _fails(channel)
    assert (error.permanent, error.retry_after_seconds) == (False, None)
    assert await channel.send(LAN, OutgoingMessage(text="noch")) is not None


@pytest.mark.parametrize("code", [4, 32, 613, 80006])
async def test_a_limit_is_waited_for(server: GraphServer, channel: MessengerChannel, code: int) -> None:
    server.fail_next(failing(code))
    error = await _fails(channel)
    assert (error.permanent, error.retry_after_seconds) == (False, 15.0)


async def test_a_token_that_ran_out_is_told_loudly(server: GraphServer, channel: MessengerChannel) -> None:
    server.fail_next(failing(190))
    with structlog.testing.capture_logs() as logs:
        await _fails(channel)
    assert [(line["event"], line["log_level"]) for line in logs] == [("messenger.token_refused", "error")]


async def test_a_wrong_token_passes(server: GraphServer) -> None:
    api = SendApi(Page(id=PAGE, token="wrong", app_secret="s"), server.url, VERSION)
    error = await _fails(MessengerChannel(api, human_agent=True))
    await api.close()
    assert not error.permanent


async def test_a_redirect_is_not_followed(server: GraphServer, channel: MessengerChannel) -> None:
    server.fail_next(faults.elsewhere(f"{server.url}/elsewhere"))
    assert not (await _fails(channel)).permanent
    assert server.violations == []


async def test_typing_is_shown(server: GraphServer, channel: MessengerChannel) -> None:
    await channel.show_typing(LAN)
    assert server.calls == [{"recipient": {"id": LAN}, "sender_action": "typing_on"}]
    assert server.violations == []


async def test_deleting_does_nothing(server: GraphServer, channel: MessengerChannel) -> None:
    await channel.delete(LAN, ["m_1"])
    assert server.calls == []


def test_an_error_of_any_kind_says_its_kind_alone() -> None:
    assert str(as_channel_error(RuntimeError(WORDS))) == "Messenger: RuntimeError"
