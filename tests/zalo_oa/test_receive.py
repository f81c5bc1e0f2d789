"""What is taken of an event: an id, words, a choice, a kind; and nothing of a person."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.port import Received
from bot.channels.zalo_oa.receive import Left, left, read_event, receive
from tests.zalo_oa.conftest import is_choice

STAMP = "1700000000000"
SECRETS = ("Lan Nguyễn", "84900000000", "12 Hàng Bài", "qr.png", "10.76")


def event(name: str, **message: Any) -> dict[str, Any]:
    return {
        "app_id": "123",
        "user_id_by_app": "55",
        "sender": {"id": "246", "name": SECRETS[0]},
        "recipient": {"id": "388"},
        "event_name": name,
        "message": {"msg_id": "m1"} | message,
        "timestamp": STAMP,
    }


def taken(raw: dict[str, Any]) -> tuple[Received, ...]:
    return receive(raw, is_choice)


def test_words_are_taken_as_they_are() -> None:
    assert taken(event("user_send_text", text=" chào\n")) == (
        Received(address="246", external_id="msg:m1", text=" chào\n"),
    )


@pytest.mark.parametrize(
    "choice", ["talk.now", "band.6-10", "learn.ai_deepfake", "answer.2", "leave.11", "consent.conversation.yes"]
)
def test_a_tapped_button_is_its_choice(choice: str) -> None:
    assert taken(event("user_send_text", text=f"#{choice}")) == (
        Received(address="246", external_id="msg:m1", choice=choice),
    )


@pytest.mark.parametrize(
    "text", ["#buồn", "#lonely", "#", "# menu", "#menu nha", "menu", "#MENU", "##menu", "#answer.x"]
)
def test_a_hash_that_a_child_typed_stays_words(text: str) -> None:
    assert taken(event("user_send_text", text=text))[0].text == text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("user_send_image", "picture"), ("user_send_gif", "picture"), ("user_send_sticker", "sticker"),
        ("user_send_audio", "voice"), ("user_send_video", "video"), ("user_send_file", "file"),
        ("user_send_location", "other"), ("user_send_link", "other"), ("user_send_business_card", "other"),
    ],
)  # fmt: skip
def test_of_an_attachment_the_kind_is_taken(name: str, kind: str) -> None:
    (received,) = taken(event(name, attachments=[{"payload": {"url": SECRETS[3], "name": SECRETS[0]}}]))
    assert (received.attachment, received.text, received.choice) == (kind, None, None)


def test_words_with_a_picture_come_before_it() -> None:
    words, picture = taken(event("user_send_image", text="bố đánh em"))
    assert (words.text, words.external_id) == ("bố đánh em", "msg:m1:caption")
    assert (picture.attachment, picture.external_id) == ("picture", "msg:m1")


def test_the_words_of_a_card_are_a_name_and_are_not_read() -> None:
    card = event("user_send_business_card", text=SECRETS[0], attachments=[{"payload": {"description": SECRETS[1]}}])
    assert not any(secret in repr(taken(card)) for secret in SECRETS)


@pytest.mark.parametrize(
    "name",
    [
        "user_submit_info", "update_user_info", "anonymous_send_text", "oa_send_text", "oa_send_image",
        "user_seen_message", "user_received_message", "user_reacted_message", "user_send_group_text", "create_group",
        "user_click_chatnow", "add_user_to_tag", "something_new",
    ],
)  # fmt: skip
def test_other_events_bring_nothing(name: str) -> None:
    info = {"name": SECRETS[0], "phone": SECRETS[1], "full_address": {"user_address": SECRETS[2]}}
    assert taken(event(name, text="chào") | {"info": info}) == ()


def test_following_opens_the_menu() -> None:
    follow = {"event_name": "follow", "oa_id": "388", "follower": {"id": "246"}, "timestamp": STAMP}
    (received,) = taken(follow)
    assert (received.address, received.choice) == ("246", "menu")
    assert received.external_id == f"event:follow:{STAMP}:246"


def test_unfollowing_tells_who_left_and_when() -> None:
    gone = {"event_name": "unfollow", "oa_id": "388", "follower": {"id": "246"}, "timestamp": STAMP}
    assert left(gone) == Left(address="246", at=datetime.fromtimestamp(1_700_000_000, UTC))
    assert taken(gone) == ()


@pytest.mark.parametrize("stamp", [None, "", "x", "-1", "9" * 20, "²", True, [], 1.5])
def test_unfollowing_at_no_time_is_nothing(stamp: object) -> None:
    assert left({"event_name": "unfollow", "follower": {"id": "246"}, "timestamp": stamp}) is None


def test_without_a_number_a_message_is_known_by_its_time() -> None:
    raw = event("user_send_text", text="a")
    del raw["message"]["msg_id"]
    (first,), (again,) = taken(raw), taken(dict(raw))
    (other,) = taken(raw | {"timestamp": "1700000000001"})
    assert first.external_id == again.external_id != other.external_id


@pytest.mark.parametrize("given_id", ["m" * 400, "mã\u0000số", "dòng\nhai"])
def test_an_odd_number_of_a_message_fits_the_inbox(given_id: str) -> None:
    raw = event("user_send_text", text="a")
    raw["message"]["msg_id"] = given_id
    (received,) = taken(raw)
    assert received.external_id.isascii()
    assert len(received.external_id) <= 150


@pytest.mark.parametrize("sender", [None, {}, {"id": ""}, {"id": "a b"}, {"id": ["246"]}, "246", {"id": "9" * 65}])
def test_nobody_is_answered_without_an_id(sender: object) -> None:
    assert taken(event("user_send_text", text="a") | {"sender": sender}) == ()


_LEAVES = st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=6)
_ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(["user_send_text", "user_send_image", "follow", "unfollow", "user_send_link"])
_FIELDS = st.sampled_from(["sender", "follower", "message", "timestamp", "event_name"])


@given(name=_NAMES, bent=st.dictionaries(_FIELDS, _ANYTHING, max_size=2), text=st.text(st.characters(), max_size=9))
def test_any_event_is_read_and_what_comes_of_it_can_be_stored(name: str, bent: dict[str, Any], text: str) -> None:
    raw = event(name, text=text) | {"follower": {"id": "246"}} | bent
    left(raw)
    for received in taken(raw):
        assert sum(part is not None for part in (received.text, received.choice, received.attachment)) == 1
        assert 0 < len(received.address) <= 64
        assert 0 < len(received.external_id) <= 160
        json.dumps(received.body(), ensure_ascii=False).encode()


@given(body=st.binary(max_size=100))
def test_any_bytes_are_read(body: bytes) -> None:
    assert read_event(body) is None or isinstance(read_event(body), dict)


def test_a_body_of_many_brackets_is_none() -> None:
    assert read_event(b"[" * 200_000) is None
