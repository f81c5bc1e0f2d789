import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.port import Received
from bot.channels.telegram.receive import MAX_CHOICE_BYTES, read_update, receive

JSON = dict[str, Any]
CHAT: JSON = {"id": 42, "type": "private", "first_name": "Lan"}
LAN: JSON = {"id": 42, "is_bot": False, "first_name": "Lan", "username": "lan_2015", "language_code": "vi"}
FILE: JSON = {"file_id": "A", "file_unique_id": "a"}
SIZE: JSON = FILE | {"width": 9, "height": 9}


def _message(**content: Any) -> JSON:
    return {"message_id": 5, "date": 1700000000, "chat": CHAT, "from": LAN} | content


def _query(**content: Any) -> JSON:
    return {"id": "77", "from": LAN, "chat_instance": "1", "message": _message(text="Chọn")} | content


def _received(**update: Any) -> tuple[Received, ...]:
    read = read_update(json.dumps({"update_id": 10, **update}).encode())
    return () if read is None else receive(read)


def _one(**update: Any) -> Received:
    (only,) = _received(**update)
    return only


def test_words() -> None:
    assert _one(message=_message(text=" Chào  Khiên\nNhỏ ")) == Received(
        address="42", external_id="update:10", text=" Chào  Khiên\nNhỏ ", message_id="5"
    )


def test_changed_words() -> None:
    assert _one(edited_message=_message(text="Chào", edit_date=1700000001)) == Received(
        address="42", external_id="update:10", text="Chào", edited=True, message_id="5"
    )


def test_a_press() -> None:
    assert _one(callback_query=_query(data="talk.now")) == Received(
        address="42", external_id="update:10", choice="talk.now"
    )


def test_a_press_below_a_message_that_is_gone() -> None:
    gone = {"chat": CHAT, "message_id": 5, "date": 0}
    assert _one(callback_query=_query(data="menu", message=gone)).choice == "menu"


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        ("/start", "menu"),
        ("/start from-a-poster", "menu"),
        ("/menu@khien_nho_bot", "menu"),
        ("/help", "menu"),
        ("/thoat", "exit"),
        ("/THOAT ngay", "exit"),
        ("/thoát", "exit"),
        ("/ thoat", "exit"),
        ("/thoa\u0301t", "exit"),
        ("/exit", "exit"),
        ("/xoa", "delete"),
        ("/xóa", "delete"),
        ("/xoá", "delete"),
        ("/delete", "delete"),
        ("/111", "talk.now"),
    ],
)
def test_commands_are_choices(typed: str, choice: str) -> None:
    received = _one(message=_message(text=typed))
    assert (received.choice, received.text, received.message_id) == (choice, None, "5")


@pytest.mark.parametrize("typed", ["/", "/ ", "/constructor", "/thoatt", "thoat", "//exit"])
def test_other_words_stay_words(typed: str) -> None:
    received = _one(message=_message(text=typed))
    assert (received.text, received.choice) == (typed, None)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"photo": [SIZE]}, "picture"),
        ({"animation": SIZE | {"duration": 1}, "document": FILE}, "video"),
        ({"video": SIZE | {"duration": 1}}, "video"),
        ({"video_note": FILE | {"length": 9, "duration": 1}}, "video"),
        ({"voice": FILE | {"duration": 1}}, "voice"),
        ({"audio": FILE | {"duration": 1}}, "voice"),
        ({"document": FILE}, "file"),
        ({"document": FILE | {"mime_type": "application/pdf"}}, "file"),
        ({"document": FILE | {"mime_type": "image/png"}}, "picture"),
        ({"document": FILE | {"mime_type": "VIDEO/mp4"}}, "video"),
        ({"document": FILE | {"mime_type": "audio/ogg"}}, "voice"),
        ({"sticker": SIZE | {"type": "regular", "is_animated": False, "is_video": False}}, "sticker"),
        ({"location": {"longitude": 105.8, "latitude": 21.0}}, "other"),
        ({"contact": {"phone_number": "0900", "first_name": "Lan"}}, "other"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "other"),
        ({"story": {"chat": CHAT, "id": 1}}, "other"),
        ({"hologram": {"file_id": "A"}}, "other"),
        ({"photo": [{"what": "no PhotoSize"}]}, "other"),
    ],
)
def test_attachments_are_named_by_kind_only(content: JSON, kind: str) -> None:
    received = _one(message=_message(**content))
    assert received == Received(address="42", external_id="update:10", attachment=kind, message_id="5")  # type: ignore[arg-type]


def test_a_caption_is_words_beside_its_attachment() -> None:
    assert _received(message=_message(photo=[SIZE], caption="bạn ấy gửi em")) == (
        Received(address="42", external_id="update:10:caption", text="bạn ấy gửi em", message_id="5"),
        Received(address="42", external_id="update:10", attachment="picture", message_id="5"),
    )


def test_a_changed_caption_is_words_alone() -> None:
    assert _received(edited_message=_message(photo=[SIZE], caption="a")) == (
        Received(address="42", external_id="update:10:caption", text="a", edited=True, message_id="5"),
    )


def test_a_place_that_moves_is_noticed_once() -> None:
    assert _received(edited_message=_message(location={"longitude": 105.8, "latitude": 21.0})) == ()


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"message": _message()},
        {"message": _message(text="  ")},
        {"message": _message(text="a", chat=CHAT | {"id": -5, "type": "group", "title": "5A"})},
        {"message": _message(text="a", chat=CHAT | {"id": -5, "type": "supergroup", "title": "5A"})},
        {"channel_post": _message(text="a", chat=CHAT | {"id": -5, "type": "channel"})},
        {"message": _message(text="a", **{"from": LAN | {"is_bot": True}})},
        {"message": _message(pinned_message=_message(text="a"))},
        {"message": _message(text=5)},
        {"message": _message(text="a", chat={"id": "x", "type": "private"})},
        {"message": _message(text="a", chat={"id": True, "type": "private"})},
        {"message": {"text": "a"}},
        {"callback_query": _query()},
        {"callback_query": _query(data="")},
        {"callback_query": _query(data="a" * (MAX_CHOICE_BYTES + 1))},
        {"callback_query": {"id": "77", "from": LAN, "chat_instance": "1", "data": "menu"}},
        {"callback_query": _query(data="menu", message=_message(chat=CHAT | {"id": -5, "type": "group"}))},
        {"inline_query": {"id": "1", "from": LAN, "query": "a", "offset": ""}},
        {"my_chat_member": {"chat": CHAT}},
        {"something_new": {"chat": CHAT}},
    ],
)
def test_what_gets_nothing(update: JSON) -> None:
    assert _received(**update) == ()


@pytest.mark.parametrize(
    "broken",
    [
        {"entities": [{"type": "bold"}]},
        {"entities": 5},
        {"date": "today"},
        {"date": 10**20},
        {"forward_origin": {"type": "moon"}, "external_reply": {}},
        {"from": {"id": 42}},
        {"chat": {"id": 42, "type": "private", "photo": 5}},
        {"reply_to_message": {"text": "a"}},
    ],
)
def test_a_field_that_cannot_be_parsed_costs_no_words(broken: JSON) -> None:
    received = _one(message=_message(text="bố đánh em") | broken)
    assert (received.address, received.text, received.message_id) == ("42", "bố đánh em", "5")


@pytest.mark.parametrize("broken", [{"from": {}}, {"message": _message() | {"date": "x"}}, {"chat_instance": []}])
def test_a_field_that_cannot_be_parsed_costs_no_press(broken: JSON) -> None:
    assert _one(callback_query=_query(data="exit") | broken).choice == "exit"


def test_words_that_cannot_be_written_are_mended() -> None:
    body = b'{"update_id": 10, "message": {"message_id": 5, "date": 1, "chat": {"id": 42, "type": "private"}, '
    read = read_update(body + rb'"text": "em \ud83d s\u1ee3 \ud83d\ude00"}}')
    assert read is not None
    assert [received.text for received in receive(read)] == ["em ? sợ 😀"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"5",
        b'"a"',
        b"NaN",
        b"{}",
        b'{"update_id": "10"}',
        b'{"update_id": true}',
        b'{"update_id": 1.5}',
        b"[" * 100_000,
        b'{"update_id": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_update(body: bytes) -> None:
    assert read_update(body) is None


def test_nobodys_name_is_taken() -> None:
    received = _received(message=_message(photo=[SIZE], caption="a"))
    assert not any(word in repr(received) for word in ("Lan", "lan_2015", "vi"))


@given(st.text(st.characters()))
def test_any_words_come_through_as_they_are(text: str) -> None:
    received = _received(message=_message(text=text))
    written = [found.text for found in received if found.choice is None]
    mended = text.encode("utf-8", "replace").decode()
    assert written == ([mended] if text.strip() else []) or received[0].choice is not None


@pytest.mark.parametrize("empty", [{}, [], None, 0, "", False])
@pytest.mark.parametrize("kind", ["message", "edited_message", "callback_query"])
@pytest.mark.parametrize("field", ["chat", "from", "message"])
def test_an_empty_field_where_something_must_be_is_read_all_the_same(kind: str, field: str, empty: object) -> None:
    person = {"id": 42, "is_bot": False, "first_name": "Lan"}
    message = {"message_id": 5, "date": 1, "chat": {"id": 42, "type": "private"}, "from": person, "text": "em sợ"}
    content: JSON = message
    if kind == "callback_query":
        content = {"id": "9", "from": person, "chat_instance": "1", "data": "menu", "message": message | {field: empty}}
    update = read_update(json.dumps({"update_id": 7, kind: content | {field: empty}}).encode())
    assert update is not None
    assert update.update_id == 7
    receive(update)
