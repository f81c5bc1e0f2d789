"""The shift in the API: picking for a reason, handing over, whispering, resting, the board, the lobby."""

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from escalation.api.bodies import Body, Lease, LeaseBody
from escalation.api.edge import CALLER, body, shown
from escalation.api.operation import Operation
from escalation.desk.services import SERVICES
from escalation.errors import BadRequest
from escalation.shift import handover, listening, load, lobby, picking
from escalation.shift.board import Here, shift_board
from escalation.shift.notes import MAX_NOTE_CHARACTERS
from escalation.shift.picking import PickReason


class PickBody(Body):
    """Why another child than the first is taken; the words are kept sealed."""

    reason: PickReason
    words: str = Field(default="", max_length=MAX_NOTE_CHARACTERS)


class TransferBody(LeaseBody):
    """To whom and how; `to` is left out for the queue."""

    way: Literal["warm", "cold", "queue"]
    to: str | None = Field(default=None, max_length=32)
    note: str = Field(min_length=1, max_length=MAX_NOTE_CHARACTERS, pattern=r"\S")


class WhisperBody(Body):
    """What only the counsellor of the case reads."""

    text: str = Field(min_length=1, max_length=MAX_NOTE_CHARACTERS, pattern=r"\S")


class PersonShown(BaseModel):
    """One member of staff on the board."""

    model_config = ConfigDict(from_attributes=True)

    staff: str
    name: str
    here: Here
    children: int
    most: int
    grave_in_row: int
    break_until: datetime | None


class CountShown(BaseModel):
    """How many conversations carry a risk now; null for fewer than three, none included."""

    model_config = ConfigDict(from_attributes=True)

    urgency: Literal["moderate", "high", "emergency"]
    count: int | None


class Shift(BaseModel):
    """The shift now: counts and staff, no child."""

    people: tuple[PersonShown, ...]
    free: int
    waiting: int
    going: int
    longest_since: datetime | None
    soon: int
    late: int
    lobby: tuple[CountShown, ...]


_COUNTS = TypeAdapter(tuple[CountShown, ...])


async def pick(request: web.Request) -> web.Response:
    """Claim one waiting case before its turn, for a reason that goes into the trail."""
    services = request.config_dict[SERVICES]
    sent = await body(request, PickBody)
    async with services.database.transaction() as unit:
        lease = await picking.pick(
            unit,
            services.vault,
            request[CALLER],
            _case(request),
            reason=sent.reason,
            words=sent.words,
            limits=services.limits,
            now=services.clock.now(),
            owner=services.queue,
        )
    return shown(Lease(lease=lease))


async def transfer(request: web.Request) -> web.Response:
    """Offer the child to a colleague (warm), give it to one who is there (cold), or put it back into the queue."""
    services, staff, now = request.config_dict[SERVICES], request[CALLER], request.config_dict[SERVICES].clock.now()
    sent = await body(request, TransferBody)
    if (sent.to is None) is not (sent.way == "queue"):
        raise BadRequest("to: is needed for warm and cold, and left out for queue.")
    to, note, lease = sent.to, sent.note, sent.lease
    async with services.database.transaction() as unit:
        if sent.way == "warm" and to is not None:
            await handover.offer(unit, services.vault, staff, _case(request), lease=lease, to_id=to, note=note, now=now)
        else:
            await handover.give(
                unit,
                services.vault,
                staff,
                _case(request),
                lease=lease,
                to_id=to,
                note=note,
                limits=services.limits,
                now=now,
            )
    return _done()


async def accept(request: web.Request) -> web.Response:
    """Take the child that a colleague offers."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        lease = await handover.accept(
            unit, services.vault, request[CALLER], _case(request), services.limits, services.clock.now()
        )
    return shown(Lease(lease=lease))


async def decline(request: web.Request) -> web.Response:
    """Say no to an offer."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        await handover.decline(unit, services.vault, request[CALLER], _case(request), services.clock.now())
    return _done()


async def recall(request: web.Request) -> web.Response:
    """Take an offer back."""
    services = request.config_dict[SERVICES]
    sent = await body(request, LeaseBody)
    async with services.database.transaction() as unit:
        await handover.recall(unit, request[CALLER], _case(request), sent.lease, services.clock.now())
    return _done()


async def take_over(request: web.Request) -> web.Response:
    """Let the supervisor go on with a claimed child."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        lease = await handover.take_over(
            unit, services.vault, request[CALLER], _case(request), services.limits, services.clock.now()
        )
    return shown(Lease(lease=lease))


async def whisper(request: web.Request) -> web.Response:
    """Tell the counsellor of a case something that the child does not see."""
    services = request.config_dict[SERVICES]
    sent = await body(request, WhisperBody)
    async with services.database.transaction() as unit:
        await listening.whisper(unit, services.vault, request[CALLER], _case(request), sent.text, services.clock.now())
    return _done()


async def take_break(request: web.Request) -> web.Response:
    """Rest for a while; saying that one is present ends it."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        await load.begin_break(unit, request[CALLER], services.limits, services.clock.now())
    return _done()


async def read_shift(request: web.Request) -> web.Response:
    """Read the board of the shift."""
    services = request.config_dict[SERVICES]
    async with services.database.reading() as unit:
        board = await shift_board(unit, services.vault, request[CALLER], services.limits, services.clock.now())
    people = tuple(
        PersonShown(
            staff=one.staff_id,
            name=one.name,
            here=one.here,
            children=one.load.children,
            most=one.load.most,
            grave_in_row=one.load.grave_in_row,
            break_until=one.load.break_until,
        )
        for one in board.people
    )
    return shown(
        Shift(
            people=people,
            free=board.free,
            waiting=len(board.waiting),
            going=len(board.going),
            longest_since=board.longest_since,
            soon=board.soon,
            late=board.late,
            lobby=_COUNTS.validate_python(board.lobby),
        )
    )


async def read_lobby(request: web.Request) -> web.Response:
    """Read how many conversations with the bot carry a risk now."""
    services = request.config_dict[SERVICES]
    async with services.database.reading() as unit:
        found = await lobby.counts(unit, request[CALLER], services.clock.now())
    listed = _COUNTS.dump_json(_COUNTS.validate_python(found))
    return web.Response(body=listed, content_type="application/json")


def _case(request: web.Request) -> str:
    return request.match_info["case_id"]


def _done() -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)


_ON_A_CASE = (403, 404, 409)
_WITH_BODY = (*_ON_A_CASE, 413, 422)
OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="pick",
        method="POST",
        path="/cases/{case_id}/pick",
        view=pick,
        sends=PickBody,
        answers=Lease,
        refusals=_WITH_BODY,
    ),
    Operation(
        name="transfer",
        method="POST",
        path="/cases/{case_id}/transfer",
        view=transfer,
        sends=TransferBody,
        empty="Offered, or handed over.",
        refusals=_WITH_BODY,
    ),
    Operation(
        name="accept",
        method="POST",
        path="/cases/{case_id}/transfer/accept",
        view=accept,
        answers=Lease,
        refusals=_ON_A_CASE,
    ),
    Operation(
        name="decline",
        method="POST",
        path="/cases/{case_id}/transfer/decline",
        view=decline,
        empty="The child stays where it is.",
        refusals=_ON_A_CASE,
    ),
    Operation(
        name="recall",
        method="POST",
        path="/cases/{case_id}/transfer/recall",
        view=recall,
        sends=LeaseBody,
        empty="Nothing is offered any more.",
        refusals=_WITH_BODY,
    ),
    Operation(
        name="take_over",
        method="POST",
        path="/cases/{case_id}/take-over",
        view=take_over,
        answers=Lease,
        refusals=_ON_A_CASE,
    ),
    Operation(
        name="whisper",
        method="POST",
        path="/cases/{case_id}/whisper",
        view=whisper,
        sends=WhisperBody,
        empty="The counsellor sees it now.",
        refusals=_WITH_BODY,
    ),
    Operation(name="take_break", method="POST", path="/break", view=take_break, empty="Rest well.", refusals=(403,)),
    Operation(name="read_shift", method="GET", path="/shift", view=read_shift, answers=Shift, refusals=(403,)),
    Operation(
        name="read_lobby", method="GET", path="/lobby", view=read_lobby, answers=CountShown, many=True, refusals=(403,)
    ),
)
