import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.bodies import as_object
from bot.channels.messenger.receive import events_in, receive
from bot.channels.port import Received
from tests.messenger.graph_server import PAGE

JSON = dict[str, Any]
LAN = "24601"


def _event(**content: Any) -> JSON:
    return {"sender": {"id": LAN}, "recipient": {"id": PAGE}, "timestamp": 1700000000000, **content}


def _message(**content: Any) -> JSON:
    return _event(message={"mid": "m_1", **content})


def _attachment(kind: object, **payload: Any) -> JSON:
    return {"type": kind, "payload": {"url": "https://cdn.example/a", **payload}}


def test_words() -> None:
    assert receive(_message(text=" chào\nbạn "), PAGE) == (
        Received(address=LAN, external_id="mid:m_1", text=" chào\nbạn "),
    )


def test_a_quick_reply_and_a_postback_are_choices() -> None:
    tapped = _message(text="Có", quick_reply={"payload": "consent.conversation.yes"})
    pressed = _event(postback={"mid": "m_1", "title": "Bắt đầu", "payload": "menu"})
    assert [receive(event, PAGE)[0].choice for event in (tapped, pressed)] == ["consent.conversation.yes", "menu"]


@pytest.mark.parametrize("payload", ["", "bố đánh em", "a" * 201, "a b", 5, None, {}])
def test_a_payload_that_is_not_ours_is_the_words_on_the_button(payload: object) -> None:
    (only,) = receive(_message(text="Có", quick_reply={"payload": payload}), PAGE)
    assert (only.text, only.choice) == ("Có", None)


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [
        (_attachment("image"), "picture"),
        (_attachment("image", sticker_id=369239263222822), "sticker"),
        (_attachment("video"), "video"),
        (_attachment("audio"), "voice"),
        (_attachment("file"), "file"),
        (_attachment("location"), "other"),
        (_attachment("fallback"), "other"),
        (_attachment("hologram"), "other"),
        (_attachment(5), "other"),
        (5, "other"),
    ],
)
def test_attachments_are_named_by_kind_only(attachment: object, kind: str) -> None:
    assert receive(_message(attachments=[attachment]), PAGE) == (
        Received(address=LAN, external_id="mid:m_1", attachment=kind),  # type: ignore[arg-type]
    )


def test_words_beside_an_attachment_come_first() -> None:
    assert receive(_message(text="bạn ấy gửi em", attachments=[_attachment("image")]), PAGE) == (
        Received(address=LAN, external_id="mid:m_1", text="bạn ấy gửi em"),
        Received(address=LAN, external_id="mid:m_1:attachment", attachment="picture"),
    )


def test_the_preview_of_a_link_is_no_attachment() -> None:
    (only,) = receive(_message(text="https://e.vn", attachments=[_attachment("fallback")]), PAGE)
    assert only.text == "https://e.vn"


def test_what_nobody_can_read_is_told_so() -> None:
    (only,) = receive(_message(is_unsupported=True), PAGE)
    assert only.attachment == "other"


@pytest.mark.parametrize(
    "event",
    [
        {},
        _event(),
        _event(message=None),
        _event(message={"text": "a"}, timestamp=None),
        _event(delivery={"mids": ["m_1"], "watermark": 1}),
        _event(read={"watermark": 1}),
        _event(reaction={"mid": "m_1", "emoji": "❤"}),
        _event(optin={}, referral={}, account_linking={}),
        _message(text="a", is_echo=True, app_id=5),
        _message(text="a") | {"sender": {"id": PAGE}, "recipient": {"id": LAN}},
        _message(text="a") | {"recipient": {"id": "another page"}},
        _message(text="a") | {"sender": {}},
        _message(text="a") | {"sender": {"id": "ă"}},
        _event(postback={"mid": "m_1"}),
        _message(quick_reply={"payload": "a b"}),
    ],
)
def test_what_gets_nothing(event: JSON) -> None:
    assert receive(event, PAGE) == ()


def test_without_a_number_of_its_own_its_time_names_it() -> None:
    (only,) = receive(_event(postback={"title": "a", "payload": "menu"}), PAGE)
    assert only.external_id == "mid:1700000000000"


@pytest.mark.parametrize(
    "body",
    [{}, {"object": "instagram", "entry": [{"messaging": [_message(text="a")]}]}, {"object": "page", "entry": 5}],
)
def test_what_is_not_of_a_page_has_no_events(body: JSON) -> None:
    assert list(events_in(body)) == []


def test_a_batch_keeps_its_order() -> None:
    entry = {"id": PAGE, "messaging": [_message(text="a"), 5, _message(text="b")]}
    body = {
        "object": "page",
        "entry": [entry, None, {"standby": [_message(text="x")]}, {"messaging": [_message(text="c")]}],
    }
    found = [received.text for event in events_in(body) for received in receive(event, PAGE)]
    assert found == ["a", "b", "c"]


@given(st.text(st.characters()))
def test_any_words_come_through_as_they_are(text: str) -> None:
    body = as_object(json.dumps(_message(text=text)).encode())
    (only,) = receive(body, PAGE)
    assert only.text == (text.encode("utf-8", "replace").decode() if text.strip() else None)
