import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.port import Received
from bot.channels.zalo_bot.receive import read_event, receive

JSON = dict[str, Any]
LAN: JSON = {"id": "6ede", "display_name": "Nguyễn Thị Lan", "is_bot": False}
CHAT: JSON = {"id": "6ede", "chat_type": "PRIVATE"}


def _event(kind: str = "text", /, **content: Any) -> JSON:
    message = {"message_id": "2d75", "date": 1750316131602, "from": LAN, "chat": CHAT} | content
    return {"event_name": f"message.{kind}.received", "message": message}


def _received(event: object) -> tuple[Received, ...]:
    return receive(read_event(json.dumps(event).encode()))


@pytest.mark.parametrize("wrapped", [True, False])
def test_words_in_both_shapes_of_the_body(*, wrapped: bool) -> None:
    event = _event(text=" chào\nbạn ")
    (only,) = _received({"ok": True, "result": event} if wrapped else event)
    assert only == Received(address="6ede", external_id="message:2d75", text=" chào\nbạn ")


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("image", {"photo": "https://z/a.jpg"}, "picture"),
        ("image", {"photo_url": "https://z/a.jpg"}, "picture"),
        ("image", {}, "picture"),
        ("hologram", {"photo_url": "https://z/a.jpg"}, "picture"),
        ("sticker", {"sticker": "24", "url": "https://z/24.png"}, "sticker"),
        ("voice", {"voice_url": "https://z/a.aac"}, "voice"),
        ("unsupported", {}, "unreadable"),
        ("link", {"link": "https://z"}, "other"),
        ("hologram", {}, "other"),
    ],
)
def test_attachments_are_named_by_kind_only(kind: str, content: JSON, expected: str) -> None:
    assert _received(_event(kind, **content)) == (
        Received(address="6ede", external_id="message:2d75", attachment=expected),  # type: ignore[arg-type]
    )


def test_a_caption_is_words_beside_its_attachment() -> None:
    assert _received(_event("image", photo="https://z/a.jpg", caption="bạn ấy gửi em")) == (
        Received(address="6ede", external_id="message:2d75:caption", text="bạn ấy gửi em"),
        Received(address="6ede", external_id="message:2d75", attachment="picture"),
    )


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {},
        {"ok": True, "result": None},
        {"ok": False, "error_code": 408},
        {"event_name": "message.text.received"},
        {"event_name": 5, "message": {}},
        {"event_name": "bot.added", "message": _event(text="a")["message"]},
        _event(text="  "),
        _event(text=5),
        _event("reaction", text="/-heart"),
        _event(text="cả lớp", chat={"id": "g1", "chat_type": "GROUP"}),
        _event(text="cả lớp", chat={"id": "g1"}),
        _event(text="a", chat={"chat_type": "PRIVATE"}),
        _event(text="a", chat={"id": "", "chat_type": "PRIVATE"}),
        _event(text="a", chat={"id": True, "chat_type": "PRIVATE"}),
        _event(text="a", chat={"id": "a\n", "chat_type": "PRIVATE"}),
        _event(text="a", message_id=None, date=None),
        _event(text="a", **{"from": LAN | {"is_bot": True}}),
    ],
)
def test_what_gets_nothing(event: object) -> None:
    assert _received(event) == ()


def test_a_number_for_an_id_is_that_id() -> None:
    (only,) = _received(_event(text="a", chat={"id": 12345678901234567890, "chat_type": "private"}, message_id=7))
    assert (only.address, only.external_id) == ("12345678901234567890", "message:7")


def test_without_a_number_of_its_own_its_time_names_it() -> None:
    (only,) = _received(_event(text="a", message_id=None))
    assert only.external_id == "message:1750316131602"


def test_nobodys_name_is_taken() -> None:
    assert "Lan" not in repr(_received(_event("image", photo="a", caption="b")))


def test_words_that_cannot_be_written_are_mended() -> None:
    (only,) = receive(read_event(json.dumps(_event(text="em \ud83d sợ 😀")).encode()))
    assert only.text == "em ? sợ 😀"


@given(st.text(st.characters()))
def test_any_words_come_through_as_they_are(text: str) -> None:
    assert [found.text for found in _received(_event(text=text))] == (
        [text.encode("utf-8", "replace").decode()] if text.strip() else []
    )


@given(st.binary(max_size=300))
def test_any_bytes_are_read(body: bytes) -> None:
    receive(read_event(body))


def test_an_id_of_any_length_fits_the_inbox_and_stays_one() -> None:
    def named(number: str) -> str:
        message = {"message_id": number, "chat": {"id": "7", "chat_type": "PRIVATE"}, "text": "em sợ"}
        (received,) = receive({"event_name": "message.text.received", "message": message})
        return received.external_id

    long, other = "m" * 199 + "1", "m" * 199 + "2"
    assert len(named(long)) <= 140
    assert named(long) == named(long) != named(other)
    assert named("m1") == "message:m1"
