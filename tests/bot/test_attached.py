"""What is said to a picture, and to what the messenger kept from us."""

from dataclasses import replace
from typing import Any

import pytest

from bot.effects import Say
from bot.events import Attached
from bot.flows.attached import refusal
from bot.state import State
from content.channels import ZALO_BOT
from tests.bot.moments import happened

_PAGE = "https://khiennho.example.vn"


def _said(kind: Any, page: str | None, **person: Any) -> Say:
    moment = replace(happened(Attached(seq=7, kind=kind)), channel=ZALO_BOT, page=page)
    return refusal(moment, State(**person))


@pytest.mark.parametrize("band", [None, "6-10", "11-14", "15-17"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_who_is_not_shown_to_us_learns_where_it_is_heard(band: Any, language: Any) -> None:
    for page in (None, _PAGE):
        text = _said("unreadable", page, language=language, band=band).text
        assert "111" in text
        assert "Zalo" in text
        assert (_PAGE in text) is (page is not None)


def test_a_picture_is_refused_as_everywhere() -> None:
    assert _said("picture", _PAGE).message_id == "attachment.refused"
    assert _PAGE not in _said("picture", _PAGE).text
