"""What a message to Zalo may look like; narrower than the API: what this house does not use is a problem."""

import re
from collections.abc import Iterator
from typing import Any

from content.channels import units

MAX_TEXT, MAX_BUTTONS, MAX_TITLE, MAX_PAYLOAD = 2000, 5, 100, 1000
_ID = re.compile(r"[0-9]{1,20}")


def problems_of(body: Any, *, template: bool) -> Iterator[str]:
    """Yield everything that is wrong with the body of `message/cs`."""
    if not isinstance(body, dict) or set(body) != {"recipient", "message"}:
        yield f"fields {sorted(body) if isinstance(body, dict) else type(body).__name__}"
        return
    recipient, message = body["recipient"], body["message"]
    if not isinstance(recipient, dict) or set(recipient) != {"user_id"}:
        yield "recipient"
    elif not isinstance(recipient["user_id"], str) or not _ID.fullmatch(recipient["user_id"]):
        yield "user_id is not an id"
    if not isinstance(message, dict) or not {"text"} <= set(message) <= {"text", "attachment"}:
        yield "message"
        return
    text = message["text"]
    if not isinstance(text, str) or not text.strip() or units(text) > MAX_TEXT:
        yield "text has no words, or too many"
    if "attachment" in message:
        yield from _buttons(message["attachment"], template=template)


def _buttons(attachment: Any, *, template: bool) -> Iterator[str]:
    if not isinstance(attachment, dict) or set(attachment) != {"type", "payload"} or attachment["type"] != "template":
        yield "attachment"
        return
    payload = attachment["payload"]
    named = {"buttons", "template_type"} if template else {"buttons"}
    if not isinstance(payload, dict) or set(payload) != named or payload.get("template_type", "button") != "button":
        yield "template"
        return
    buttons = payload["buttons"]
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= MAX_BUTTONS:
        yield "number of buttons"
        return
    for button in buttons:
        if not isinstance(button, dict) or set(button) != {"title", "type", "payload"}:
            yield "button"
        elif button["type"] != "oa.query.hide":
            yield "type of a button"
        elif not 0 < len(str(button["title"]).strip()) <= MAX_TITLE:
            yield "title of a button"
        elif not str(button["payload"]).startswith("#") or len(button["payload"]) > MAX_PAYLOAD:
            yield "payload of a button"
