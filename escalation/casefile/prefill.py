"""What a form begins with: what is known of the case, and of the child only what it agreed to tell. Pure.

Nothing of it is saved until somebody changes it, so an item that the child takes back is gone from the forms as well.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from escalation.casefile.forms import Form

AGENCY = "Tổng đài điện thoại quốc gia bảo vệ trẻ em 111"
_CHILD = "Trẻ em tự kể"
_HANOI = timezone(timedelta(hours=7))


def known_of(
    row: Any, items: Mapping[str, str], *, owner: str, opened: str, words: Mapping[str, Any]
) -> dict[str, str]:
    """Return what is known of a case row, by the names that forms ask for; what is not known is missing.

    `items` are the agreed ones, `owner` and `opened` the counsellor's name and the time of opening as they are read,
    `words` the desk's words in Vietnamese, the language of the forms.
    """
    told = {
        "agency": AGENCY,
        "via": "chat",
        "channel": str(words["channel"].get(row.channel, row.channel)),
        "received_at": opened,
        "nickname": items.get("nickname", ""),
        "age": str(words["band"][row.band]) if row.band else "",
        "area": items.get("area", ""),
        "phone": items.get("phone", ""),
        "harms": ", ".join(str(words["harms"][harm]) for harm in row.harms.split()),
        "informant": "" if row.role == "parent" else _CHILD,
        "officer": owner,
    }
    return {name: value for name, value in told.items() if value}


def when(moment: datetime) -> str:
    """Return a moment as the forms write it, time of Ha Noi."""
    return f"{moment.astimezone(_HANOI):%H:%M %d/%m/%Y}"


def prefilled(form: Form, known: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of a form that something known stands in before anybody wrote there."""
    return {
        field.id: known[field.known][: field.longest]
        for field in form.fields
        if field.known is not None and field.known in known
    }
