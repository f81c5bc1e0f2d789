"""What goes out: texts and buttons as Zalo takes them, and what its answers mean."""

import pytest

from bot.channels.pace import Pace
from bot.channels.port import Channel, ChannelError, OutgoingChoice, OutgoingMessage
from bot.channels.zalo_oa.errors import as_channel_error
from bot.channels.zalo_oa.request import ZaloRequest
from bot.channels.zalo_oa.send import ZaloOaChannel
from content.channels import units
from tests.zalo_oa import faults
from tests.zalo_oa.conftest import CHILD, Door, at_once
from tests.zalo_oa.server import DAY, ZaloServer

WORDS = OutgoingMessage(text="Chào bạn")


def choices(count: int) -> tuple[OutgoingChoice, ...]:
    ids = ("learn", "quiz", "advice", "who", "plan", "report", "privacy", "exit")
    return tuple(
        OutgoingChoice(id=one, label=f"Nút {number}", number=number)
        for number, one in enumerate([*ids[: count - 1], "exit"], start=1)
    )


async def refused(channel: Channel, message: OutgoingMessage = WORDS) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await channel.send(CHILD, message)
    assert caught.value.__cause__ is None
    return caught.value


async def test_a_text_arrives_and_its_id_comes_back(server: ZaloServer, channel: ZaloOaChannel) -> None:
    sent = await channel.send(CHILD, OutgoingMessage(text="Cô ở đây với em.", name="Cô Lan"))
    (shown,) = server.people[CHILD].screen
    assert (shown.text, shown.id) == ("Cô Lan:\nCô ở đây với em.", sent)


async def test_up_to_five_choices_are_buttons_that_come_back_as_themselves(
    server: ZaloServer, channel: ZaloOaChannel
) -> None:
    await channel.send(CHILD, OutgoingMessage(text="Chọn nhé", choices=choices(5)))
    (shown,) = server.people[CHILD].screen
    assert shown.text == "Chọn nhé"
    assert [payload for _, payload in shown.buttons] == ["#learn", "#quiz", "#advice", "#who", "#exit"]


async def test_more_are_a_list_with_the_first_four_and_the_way_out_as_buttons(
    server: ZaloServer, channel: ZaloOaChannel
) -> None:
    await channel.send(CHILD, OutgoingMessage(text="Chọn nhé", choices=choices(8)))
    (shown,) = server.people[CHILD].screen
    assert [line for line in shown.text.splitlines() if line.startswith(("1.", "7.", "8."))] == [
        "1. Nút 1",
        "7. Nút 7",
        "8. Nút 8",
    ]
    assert [payload for _, payload in shown.buttons] == ["#learn", "#quiz", "#advice", "#who", "#exit"]


async def test_a_long_text_is_cut_and_the_buttons_stand_below_its_end(
    server: ZaloServer, channel: ZaloOaChannel
) -> None:
    await channel.send(CHILD, OutgoingMessage(text="Một đoạn 😢 dài. " * 400, choices=choices(2)))
    screen = server.people[CHILD].screen
    assert len(screen) > 3
    assert all(units(shown.text) <= 2000 for shown in screen)
    assert [bool(shown.buttons) for shown in screen] == [False] * (len(screen) - 1) + [True]


async def test_the_kind_of_template_is_named_where_it_is_set(door: Door) -> None:
    async with ZaloServer(template=True) as strict:
        strict.people[CHILD].follows = True
        request = ZaloRequest(base_url=strict.url)
        named = ZaloOaChannel(request, door, pace=Pace(sleep=at_once), template=True)
        await named.send(CHILD, OutgoingMessage(text="Chọn", choices=choices(2)))
        await request.close()
        assert strict.problems == []


async def test_a_choice_that_would_come_back_as_words_is_left_out(server: ZaloServer, channel: ZaloOaChannel) -> None:
    odd = OutgoingChoice(id="Không Phải", label="Odd")
    await channel.send(CHILD, OutgoingMessage(text="Chọn", choices=(odd, *choices(2))))
    assert [payload for _, payload in server.people[CHILD].screen[0].buttons] == ["#learn", "#exit"]


async def test_nothing_is_deleted_and_nothing_asked(server: ZaloServer, channel: ZaloOaChannel) -> None:
    await channel.delete(CHILD, ["x1"])
    assert server.calls == []


# --- tokens ---


@pytest.mark.parametrize("code", [-216, -220])
async def test_a_token_that_is_over_is_renewed_once_and_the_message_arrives_once(
    server: ZaloServer, channel: ZaloOaChannel, door: Door, code: int
) -> None:
    server.fail_next("message", faults.error(code))
    server.access = "AT-new"
    await channel.send(CHILD, WORDS)
    assert door.renewals == 1
    assert len(server.people[CHILD].screen) == 1


async def test_a_token_that_is_refused_again_is_not_renewed_again(
    server: ZaloServer, channel: ZaloOaChannel, door: Door
) -> None:
    server.fail_next("message", faults.error(-216), faults.error(-216))
    error = await refused(channel)
    assert (door.renewals, error.permanent) == (1, False)


async def test_where_nothing_can_be_renewed_the_message_waits(
    server: ZaloServer, channel: ZaloOaChannel, door: Door
) -> None:
    server.fail_next("message", faults.error(-220))
    door.can_renew = False
    error = await refused(channel)
    assert not error.permanent
    assert error.retry_after_seconds == 300


# --- refusals ---


@pytest.mark.parametrize("code", [-213, -217, -227, -230, -232, -244, -305, -201, -210, -233, -240, -248])
async def test_what_will_never_arrive_is_permanent(server: ZaloServer, channel: ZaloOaChannel, code: int) -> None:
    server.fail_next("message", faults.error(code))
    assert (await refused(channel)).permanent


@pytest.mark.parametrize(
    ("code", "seconds"),
    [
        (-32, 5),
        (-211, 300),
        (-218, 300),
        (-311, 300),
        (-204, 300),
        (-224, 300),
        (-242, 300),
        (-200, None),
        (-9999, None),
    ],
)
async def test_what_may_arrive_later_passes(
    server: ZaloServer, channel: ZaloOaChannel, code: int, seconds: float | None
) -> None:
    server.fail_next("message", faults.error(code))
    error = await refused(channel)
    assert (error.permanent, error.retry_after_seconds) == (False, seconds)


async def test_seven_days_after_the_last_word_it_is_over(server: ZaloServer, channel: ZaloOaChannel) -> None:
    server.people[CHILD].last_word -= 7 * DAY + 1
    assert "-230" in str(await refused(channel))


async def test_who_left_is_not_written_to(server: ZaloServer, request_: ZaloRequest, door: Door) -> None:
    async def has_left(address: str) -> bool:
        return address == CHILD

    channel = ZaloOaChannel(request_, door, pace=Pace(sleep=at_once), has_left=has_left)
    assert (await refused(channel)).permanent
    assert server.calls == []


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(502), faults.status(500), faults.nonsense(b"<html>"), faults.nonsense(b"[]"),
        faults.nonsense(b'{"message": "Success"}'), faults.nonsense(b'{"error": "x"}'),
        faults.cut(), faults.answer_lost(), faults.elsewhere("http://127.0.0.1:1/"),
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_passes(server: ZaloServer, channel: ZaloOaChannel, fault: faults.Fault) -> None:
    server.fail_next("message", fault)
    assert not (await refused(channel)).permanent


async def test_the_wish_of_a_proxy_is_kept_within_reason(server: ZaloServer, channel: ZaloOaChannel) -> None:
    server.fail_next("message", faults.status(429, retry_after=7), faults.status(503, retry_after=999_999))
    assert (await refused(channel)).retry_after_seconds == 7
    assert (await refused(channel)).retry_after_seconds == 600


async def test_where_nobody_listens_it_passes(door: Door) -> None:
    request = ZaloRequest(base_url="http://127.0.0.1:1")
    assert not (await refused(ZaloOaChannel(request, door))).permanent
    await request.close()


async def test_a_message_without_words_is_none(server: ZaloServer, channel: ZaloOaChannel) -> None:
    assert (await refused(channel, OutgoingMessage(text=" \n"))).permanent
    assert server.calls == []


@pytest.mark.parametrize("code", [*range(-400, 0), 1])
def test_no_code_is_without_an_error(code: int) -> None:
    assert str(code) in str(as_channel_error(code))
