"""What a messenger does not let us do is told before it matters, and nothing is promised that cannot come."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.effects import Say, SetTimer, StepFollowUp
from bot.events import Noticed
from bot.follow_up import DAYS, PARTS, FollowUp
from bot.moment import Turn
from bot.state import Contact, Question, State
from bot.turn import turn
from content.channels import MESSENGER, TELEGRAM, WEB, ZALO_BOT, ZALO_OA, Channel
from tests.bot.moments import NOW, asking, child, happened, pressed, said

ASKED = FollowUp(case_id="case", stage="asked")
LIMITED = [ZALO_OA, MESSENGER]
MARGIN = timedelta(hours=1)


def says(result: Turn) -> dict[str, Say]:
    return {effect.message_id: effect for effect in result.effects if isinstance(effect, Say)}


def offered(result: Turn, message_id: str) -> list[str]:
    return [choice.id for choice in says(result)[message_id].choices]


def closing(*, hidden: bool = False) -> State:
    return child(contact=Contact(case_id="case", connected=True, name="Cô Lan", hidden=hidden))


def closed(channel: Channel, state: State, *, follow_up: bool = False, now: datetime = NOW) -> Turn:
    event = Noticed(seq=9, case_id="case", event="closed", name="Cô Lan", follow_up=follow_up)
    return turn(happened(event, state=state, channel=channel, now=now))


@pytest.mark.parametrize("channel", LIMITED, ids=lambda channel: channel.name)
def test_with_the_case_the_child_is_told_how_long_it_can_be_written_to(channel: Channel) -> None:
    told = says(turn(pressed("consent.conversation.yes", state=asking(), channel=channel)))
    words = told["limit.reply"].text
    assert f"{channel.brand} " in words
    assert "7 ngày" in words
    assert "111" in words


@pytest.mark.parametrize("channel", [WEB, TELEGRAM, ZALO_BOT], ids=lambda channel: channel.name)
def test_where_there_is_no_term_nothing_is_said_of_one(channel: Channel) -> None:
    assert "limit.reply" not in says(turn(pressed("consent.conversation.yes", state=asking(), channel=channel)))
    assert "limit.reply" not in says(closed(channel, closing()))


def test_at_the_end_of_a_talk_it_is_told_before_the_buttons() -> None:
    told = closed(ZALO_OA, closing())
    ids = list(says(told))
    assert ids.index("limit.reply") < ids.index("contact.closed")
    assert says(told)["limit.reply"].choices == ()


def test_who_hides_the_talk_is_told_nothing() -> None:
    assert says(closed(ZALO_OA, closing(hidden=True))) == {}


@pytest.mark.parametrize("channel", [ZALO_OA, ZALO_BOT, MESSENGER], ids=lambda channel: channel.name)
def test_where_nothing_can_be_deleted_onboarding_says_so(channel: Channel) -> None:
    told = says(turn(pressed("band.11-14", state=child(band=None), channel=channel)))
    assert channel.brand in told["limit.screen"].text
    assert list(told)[-1] == "onboarding.welcome"


def test_how_to_clear_the_chat_is_told_as_well() -> None:
    told = says(turn(pressed("band.11-14", state=child(band=None), channel=ZALO_BOT)))
    assert "nhấn giữ" in told["limit.screen"].text


@pytest.mark.parametrize("channel", [ZALO_OA, ZALO_BOT, MESSENGER], ids=lambda channel: channel.name)
def test_whom_onboarding_never_reached_is_told_with_the_case(channel: Channel) -> None:
    state = asking()
    early = replace(state, role=None, band=None)
    assert "limit.screen" in says(turn(pressed("consent.conversation.yes", state=early, channel=channel)))
    assert "limit.screen" not in says(turn(pressed("consent.conversation.yes", state=state, channel=channel)))
    assert "limit.screen" not in says(turn(pressed("consent.conversation.yes", state=early, channel=TELEGRAM)))


@pytest.mark.parametrize("channel", [WEB, TELEGRAM], ids=lambda channel: channel.name)
def test_where_it_can_it_does_not(channel: Channel) -> None:
    assert "limit.screen" not in says(turn(pressed("band.11-14", state=child(band=None), channel=channel)))


# --- follow-ups ---


@given(hours=st.integers(0, 24 * 30), day=st.sampled_from(DAYS), part=st.sampled_from(sorted(PARTS)))
def test_no_time_is_agreed_to_that_is_too_late_for_zalo(hours: int, day: int, part: str) -> None:
    now = NOW + timedelta(hours=hours)
    state = child(follow_up=replace(ASKED, day=day), question=Question(kind="follow_up", item="part"))
    result = turn(pressed(f"followup.part.{part}", state=state, channel=ZALO_OA, now=now))
    timers = [effect.after for effect in result.effects if isinstance(effect, SetTimer)]
    assert all(after <= timedelta(days=7) - MARGIN for after in timers)
    assert bool(timers) != ("followup.beyond" in says(result))


@given(hours=st.integers(0, 24 * 30))
def test_what_is_offered_is_agreed_to(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    asked = closed(ZALO_OA, closing(), follow_up=True, now=now)
    for day in [one for one in offered(asked, "followup.ask") if one.startswith("followup.day")]:
        parts = turn(pressed(day, state=asked.state, channel=ZALO_OA, now=now))
        assert "followup.beyond" not in says(parts)
        for part in [one for one in offered(parts, "followup.part") if one.startswith("followup.part")]:
            assert "followup.agreed" in says(turn(pressed(part, state=parts.state, channel=ZALO_OA, now=now)))


def test_a_typed_day_that_is_too_late_is_answered_with_until_when() -> None:
    asked = closed(ZALO_OA, closing(), follow_up=True)
    result = turn(said("7 ngày nữa buổi tối", state=asked.state, channel=ZALO_OA))
    words = says(result)["followup.beyond"].text
    assert "Zalo" in words
    assert "29/11/2026" in words
    assert "followup.day.1" in offered(result, "followup.beyond")
    assert result.state.follow_up == ASKED


def test_where_no_time_is_left_nothing_is_asked() -> None:
    narrow = replace(MESSENGER, reply_within=timedelta(hours=2))
    told = closed(narrow, closing(), follow_up=True)
    assert "Messenger" in says(told)["followup.cannot"].text
    assert "followup.ask" not in says(told)
    assert told.state.follow_up is None


def test_where_there_is_no_term_every_day_is_offered() -> None:
    told = closed(WEB, closing(), follow_up=True)
    assert [one for one in offered(told, "followup.ask") if one.startswith("followup.day")] == [
        f"followup.day.{day}" for day in DAYS
    ]
    assert not [effect for effect in told.effects if isinstance(effect, StepFollowUp)]
