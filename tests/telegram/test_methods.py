import json
import os
import re
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.telegram.checking import check_call
from tests.telegram.methods import METHODS

_NAME = "telegram_bot_api_10.0.json"


def _specification() -> Path | None:
    beside = Path(__file__).parents[2].parent / "shared" / "data" / _NAME
    named = os.environ.get("KHIEN_BOT_API_SPEC")
    candidates = [beside, *([Path(named)] if named else [])]
    return next((path for path in candidates if path.is_file()), None)


_SPECIFICATION = _specification()

if _SPECIFICATION is not None:
    _METHODS: dict[str, Any] = json.loads(_SPECIFICATION.read_text("utf-8"))["methods"]

    @pytest.mark.parametrize("method", METHODS)
    def test_the_table_agrees_with_the_specification(method: str) -> None:
        fields = {field["name"]: field for field in _METHODS[method].get("fields", [])}
        ours = METHODS[method]
        assert {name: list(parameter.types) for name, parameter in ours.items()} == {
            name: fields[name]["types"] for name in ours
        }
        assert {name for name, parameter in ours.items() if parameter.required} == {
            name for name, field in fields.items() if field["required"]
        }


def _keyboard(*rows: list[dict[str, Any]]) -> str:
    return json.dumps({"inline_keyboard": list(rows)})


SEND = {"chat_id": "7", "text": "a"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
PHOTO: dict[str, str | bytes] = {"chat_id": "7", "photo": PNG + struct.pack(">II", 640, 480)}


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("sendMessage", SEND | {"text": "a" * 4096}),
        ("sendMessage", SEND | {"protect_content": "true", "link_preview_options": '{"is_disabled": true}'}),
        ("sendMessage", SEND | {"reply_markup": _keyboard([{"text": "Có", "callback_data": "á" * 32}])}),
        ("sendPhoto", PHOTO | {"caption": "a" * 1024, "protect_content": "true"}),
        ("getUpdates", {"offset": "5", "timeout": "50", "allowed_updates": '["message"]'}),
        ("deleteMessages", {"chat_id": "7", "message_ids": json.dumps(list(range(100)))}),
        ("setMyCommands", {"commands": '[{"command": "xoa", "description": "Xóa"}]', "language_code": "vi"}),
        ("setWebhook", {"url": "https://khien.vn/channels/telegram", "secret_token": "aZ0_-"}),
    ],
)
def test_a_right_call_has_no_problems(method: str, given: dict[str, str | bytes]) -> None:
    assert check_call(method, given)[1] == []


@pytest.mark.parametrize(
    ("method", "given", "problem"),
    [
        ("sendMessage", {"text": "a"}, "chat_id is missing"),
        ("sendMessage", SEND | {"parse_mode": "HTML"}, "unknown parameter parse_mode"),
        ("sendMessage", SEND | {"text": "  "}, "text is empty"),
        ("sendMessage", SEND | {"text": "a" * 4097}, "text has 4097 characters"),
        ("sendMessage", SEND | {"text": "😀" * 2049}, "text has 4098 characters"),
        ("sendMessage", SEND | {"protect_content": "yes"}, "protect_content is not of Boolean"),
        ("sendMessage", SEND | {"reply_markup": "{"}, "reply_markup is not of"),
        ("sendMessage", SEND | {"reply_markup": "{}"}, "is not an inline keyboard"),
        ("sendMessage", SEND | {"reply_markup": _keyboard([])}, "has a row without buttons"),
        ("sendMessage", SEND | {"reply_markup": _keyboard()}, "has 0 buttons"),
        ("sendMessage", SEND | {"reply_markup": _keyboard([{"text": "a"}])}, "other than one action"),
        ("sendMessage", SEND | {"reply_markup": _keyboard([{"text": " ", "url": "x"}])}, "button without words"),
        ("sendMessage", SEND | {"reply_markup": _keyboard([{"text": "a", "pay": True}])}, "button with fields"),
        (
            "sendMessage",
            SEND | {"reply_markup": _keyboard([{"text": "a", "callback_data": "á" * 33}])},
            "callback_data not of 1-64 bytes",
        ),
        ("sendPhoto", PHOTO | {"caption": "😀" * 513}, "caption has 1026 characters"),
        ("sendPhoto", PHOTO | {"photo": "https://elsewhere.example/a.png"}, "is no uploaded PNG"),
        ("sendPhoto", PHOTO | {"photo": b"GIF89a"}, "is no uploaded PNG"),
        ("sendPhoto", PHOTO | {"photo": PNG + struct.pack(">II", 9000, 1001)}, "9000 by 1001 pixels"),
        ("sendPhoto", PHOTO | {"photo": PNG + struct.pack(">II", 2100, 100)}, "2100 by 100 pixels"),
        ("sendPhoto", {"chat_id": "7"}, "photo is missing"),
        ("sendMessage", SEND | {"text": b"a"}, "text is not of String"),
        ("getUpdates", {"timeout": "51"}, "timeout is 51"),
        ("getUpdates", {"offset": "1.5"}, "offset is not of Integer"),
        ("getUpdates", {"allowed_updates": '["inline_query"]'}, "asks for"),
        ("deleteMessages", {"chat_id": "7", "message_ids": "[]"}, "has 0 ids"),
        ("deleteMessages", {"chat_id": "7", "message_ids": "[1, 1]"}, "has an id twice"),
        ("deleteMessages", {"chat_id": "7", "message_ids": '["1"]'}, "not of Array of Integer"),
        ("setMyCommands", {"commands": "[]"}, "is not a list of 1-100 commands"),
        ("setMyCommands", {"commands": '[{"command": "Xóa", "description": "a"}]'}, "is not like"),
        ("setWebhook", {"url": "http://khien.vn/"}, "is not https"),
        ("setWebhook", {"url": "https://khien.vn/", "secret_token": "a b"}, "is not like"),
        ("deleteWebhook", {"drop_pending_updates": "true"}, "unknown parameter"),
        ("sendChatAction", {"chat_id": "7", "action": "dancing"}, "is 'dancing'"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 201}, "has 201 characters"),
    ],
)
def test_a_wrong_call_is_told(method: str, given: dict[str, str | bytes], problem: str) -> None:
    problems = check_call(method, given)[1]
    assert len(problems) == 1
    assert problem in problems[0]


def test_every_test_that_the_page_names_is_there() -> None:
    page = (Path(__file__).parents[2] / "docs" / "telegram.md").read_text("utf-8")
    tests = "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", page)
    assert len(named) > 15
    assert [name for name in named if f"def {name}(" not in tests] == []
