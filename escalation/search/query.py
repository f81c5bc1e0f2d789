"""What a search asks for: words of ours, days, a case's number, and a name that is compared whole and kept nowhere."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from escalation import filters
from escalation.filters import EVERY_DAY, BadFilter, Days

STATES = ("waiting", "claimed", "closed", "withdrawn")
URGENCIES = ("emergency", "high", "moderate")
HARMS = (
    "physical_abuse",
    "emotional_abuse",
    "sexual_abuse",
    "neglect",
    "exploitation",
    "grooming",
    "sexual_extortion",
    "cyberbullying",
    "school_violence",
    "self_harm",
    "scam",
    "harmful_content",
    "domestic_violence",
)
"""The words of the safety protocol, in its order."""
DAYS_BACK = 90
MOST_NAME_CHARACTERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One search; an empty field asks for nothing."""

    number: str = ""
    nickname: str = field(default="", repr=False)
    province: str = ""  # the State's code
    harm: str = ""
    urgency: str = ""
    state: str = ""
    owner: str = ""  # a staff id
    days: Days = EVERY_DAY

    def of_ours(self) -> dict[str, Any]:
        """Return the search for the trail: of a name only that one was given."""
        told = {
            "number": self.number,
            "province": self.province,
            "harm": self.harm,
            "urgency": self.urgency,
            "state": self.state,
            "owner": self.owner,
            "since": self.days.since.isoformat() if self.days.since else "",
            "until": self.days.until.isoformat() if self.days.until else "",
        }
        return {name: value for name, value in told.items() if value} | ({"nickname": True} if self.nickname else {})


def query_of(given: Mapping[str, str], now: datetime, *, provinces: Collection[str], staff: Collection[str]) -> Query:
    """Return the search that a form asks for; without a first day it goes 90 days back.

    `provinces` are the codes, `staff` the ids that may be chosen. Raises BadFilter.
    """
    number = filters.case_number(given)
    earliest = None if number else filters.today(now) - timedelta(days=DAYS_BACK)
    return Query(
        number=number,
        nickname=_name(given),
        province=filters.one_of(given, "province", provinces),
        harm=filters.one_of(given, "harm", HARMS),
        urgency=filters.one_of(given, "urgency", URGENCIES),
        state=filters.one_of(given, "state", STATES),
        owner=filters.one_of(given, "owner", staff),
        days=filters.days(given, since=earliest),
    )


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are the same but for case, spaces around words, and how their letters are composed."""
    return _folded(one) == _folded(other)


def _name(given: Mapping[str, str]) -> str:
    typed = given.get("nickname", "").strip()
    if len(typed) > MOST_NAME_CHARACTERS:
        raise BadFilter("nickname")
    return typed


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
