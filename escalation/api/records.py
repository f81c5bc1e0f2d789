"""Looking things up in the API: cases, the directory, the trail. What is asked is in the body, never in an address."""

from datetime import datetime
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from escalation.api.bodies import Body
from escalation.api.edge import CALLER, body, shown
from escalation.api.operation import Operation
from escalation.audit import reading
from escalation.audit.filters import cursor_of, filter_of
from escalation.desk.services import SERVICES
from escalation.desk.views.directory import directory_of
from escalation.directory.services import MOST_CHARACTERS
from escalation.permissions import require
from escalation.search.find import find
from escalation.search.query import MOST_NAME_CHARACTERS, query_of
from escalation.staff.accounts import list_staff

_DAY = Field(default="", max_length=10, pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")
_NUMBER = Field(default="", max_length=32, pattern=r"^([0-9a-f]{6,32})?$")
_WORD = Field(default="", max_length=40)


class SearchBody(Body):
    """What is looked for; an empty field asks for nothing. Without a first day it goes 90 days back.

    `province` is the State's code; `nickname` is compared whole, and kept nowhere.
    """

    number: str = _NUMBER
    nickname: str = Field(default="", max_length=MOST_NAME_CHARACTERS)
    province: str = _WORD
    harm: str = _WORD
    urgency: str = _WORD
    state: str = _WORD
    owner: str = _WORD
    since: str = _DAY
    until: str = _DAY


class TrailBody(Body):
    """Whose entries, of which case, which action; `before` is the `older` of the page before."""

    actor: str = _WORD
    number: str = _NUMBER
    action: str = _WORD
    since: str = _DAY
    until: str = _DAY
    before: str = Field(default="", max_length=100)


class PlaceBody(Body):
    """A place of today or of before, or words of a service; accents may be left out."""

    text: str = Field(default="", max_length=MOST_CHARACTERS)


class _Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class HitShown(_Shown):
    """A case that was found; no words of the child."""

    case_id: str
    state: Literal["waiting", "claimed", "closed", "withdrawn"]
    urgency: Literal["moderate", "high", "emergency"]
    harms: tuple[str, ...]
    subject: str
    band: Literal["6-10", "11-14", "15-17"] | None
    audience: str
    basis: str
    area: str | None
    owner_id: str | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None


class HitsShown(_Shown):
    """What was found, newest first; `more`: a narrower search may show others."""

    found: tuple[HitShown, ...]
    more: bool


class TrailEntryShown(_Shown):
    """One entry of the trail; `hash` chains it to those of its stream before it."""

    at: datetime
    stream: str
    number: int
    actor: str
    action: str
    detail: dict[str, Any]
    hash: str


class TrailShown(BaseModel):
    """A page of the trail, newest first; `broken` names the streams among them whose chain does not hold."""

    entries: tuple[TrailEntryShown, ...]
    older: str | None
    broken: tuple[str, ...]


class ServiceShown(_Shown):
    """A number that somebody verified; null where no source says."""

    id: str
    number: str
    label: str
    note: str
    who: str
    hours: str | None
    free: bool | None
    province: str | None


class DirectoryShown(BaseModel):
    """The place that was meant, by its name of today, what stood there before, and the numbers for it."""

    place: str | None
    was: str | None
    readings: tuple[str, ...]
    here: tuple[ServiceShown, ...]
    everywhere: tuple[ServiceShown, ...]


async def search_cases(request: web.Request) -> web.Response:
    """Find cases in sight; what was asked for goes into the trail, but for a name."""
    services, staff, now = request.config_dict[SERVICES], request[CALLER], request.config_dict[SERVICES].clock.now()
    require(staff, "case.search")
    sent, directory = await body(request, SearchBody), directory_of(services)
    async with services.database.transaction() as unit:
        known = [one.staff.id for one in await list_staff(unit)]
        query = query_of(sent.model_dump(), now, provinces=directory.provinces(), staff=known)
        hits = await find(unit, services.vault, directory, staff, query, now)
    return shown(HitsShown.model_validate(hits))


async def read_trail(request: web.Request) -> web.Response:
    """Read the trail as far as it is in sight; the look goes into it."""
    services, staff = request.config_dict[SERVICES], request[CALLER]
    require(staff, "trail.view")
    sent = (await body(request, TrailBody)).model_dump()
    async with services.database.transaction() as unit:
        known = [one.staff.id for one in await list_staff(unit)]
        asked, before = filter_of(sent, staff=known), cursor_of(sent["before"])
        leaf = await reading.leaf(unit, services.vault, staff, asked, before, services.clock.now())
    return shown(
        TrailShown(
            entries=tuple(TrailEntryShown.model_validate(one) for one in leaf.entries),
            older=str(leaf.older) if leaf.older else None,
            broken=tuple(link.stream for link in leaf.broken),
        )
    )


async def look_up(request: web.Request) -> web.Response:
    """Give the numbers for a place."""
    require(request[CALLER], "directory.view")
    sent = await body(request, PlaceBody)
    listing = directory_of(request.config_dict[SERVICES]).look(sent.text)
    return shown(
        DirectoryShown(
            place=listing.place.name if listing.place else None,
            was=listing.place.was or None if listing.place else None,
            readings=tuple(one.name for one in listing.readings),
            here=tuple(ServiceShown.model_validate(one) for one in listing.here),
            everywhere=tuple(ServiceShown.model_validate(one) for one in listing.everywhere),
        )
    )


_ASKED = (403, 413, 422)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="search_cases",
        method="POST",
        path="/cases/search",
        view=search_cases,
        sends=SearchBody,
        answers=HitsShown,
        refusals=_ASKED,
    ),
    Operation(
        name="read_trail",
        method="POST",
        path="/trail/search",
        view=read_trail,
        sends=TrailBody,
        answers=TrailShown,
        refusals=_ASKED,
    ),
    Operation(
        name="look_up",
        method="POST",
        path="/directory/search",
        view=look_up,
        sends=PlaceBody,
        answers=DirectoryShown,
        refusals=_ASKED,
    ),
)
