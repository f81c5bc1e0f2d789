"""What each address of the API does: the same functions as the desk's pages."""

from http import HTTPStatus

from aiohttp import web
from pydantic import TypeAdapter

from escalation import contact, queue, signing
from escalation.api.bodies import (
    Case,
    CloseBody,
    Entry,
    Lease,
    LeaseBody,
    MessageBody,
    PresenceBody,
    ReasonBody,
    Taken,
    entry_of,
)
from escalation.api.edge import CALLER, body, shown
from escalation.desk.services import SERVICES
from escalation.permissions import require
from escalation.shift import load, picking

_ENTRIES = TypeAdapter(tuple[Entry, ...])


async def list_cases(request: web.Request) -> web.Response:
    """List the open cases in sight, the next one first, the claimed ones last."""
    services = request.config_dict[SERVICES]
    async with services.database.reading() as unit:
        found = await queue.entries(unit, services.vault, request[CALLER], services.clock.now())
    listed = _ENTRIES.dump_json(tuple(entry_of(entry) for entry in found))
    return web.Response(body=listed, content_type="application/json")


async def read_case(request: web.Request) -> web.Response:
    """Read one case; the look goes into the trail."""
    services, staff = request.config_dict[SERVICES], request[CALLER]
    async with services.database.transaction() as unit:
        found = await contact.read_contact(unit, services.vault, staff, _case(request), services.clock.now())
    return shown(Case.of(found, staff.id))


async def set_presence(request: web.Request) -> web.Response:
    """Say that one is free for the next 60 s, or no longer."""
    services, staff = request.config_dict[SERVICES], request[CALLER]
    require(staff, "queue.view")
    sent = await body(request, PresenceBody)
    async with services.database.transaction() as unit:
        await queue.mark_present(unit, staff, services.clock.now(), on=sent.on)
        if sent.on:
            await load.end_break(unit, staff, services.clock.now())
    return _done()


async def take_next(request: web.Request) -> web.Response:
    """Claim the child who needs somebody most; 409 while the caller has as many as the limit allows."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        taken = await picking.take_next(
            unit, services.vault, request[CALLER], services.limits, services.clock.now(), services.queue
        )
    return _done() if taken is None else shown(Taken(case=taken[0], lease=taken[1]))


async def claim(request: web.Request) -> web.Response:
    """Claim the waiting case that is next; any other one needs a reason, by `/pick`, else 422."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        lease = await picking.pick(
            unit,
            services.vault,
            request[CALLER],
            _case(request),
            reason="",
            words="",
            limits=services.limits,
            now=services.clock.now(),
            owner=services.queue,
        )
    return shown(Lease(lease=lease))


async def reply(request: web.Request) -> web.Response:
    """Write to the child; refused when the lease is lost."""
    services = request.config_dict[SERVICES]
    sent = await body(request, MessageBody)
    async with services.database.transaction() as unit:
        await contact.reply(
            unit,
            services.vault,
            request[CALLER],
            _case(request),
            lease=sent.lease,
            message_id=sent.id,
            text=sent.text,
            now=services.clock.now(),
        )
    return _done()


async def renew(request: web.Request) -> web.Response:
    """Keep the claim for another 90 s."""
    services = request.config_dict[SERVICES]
    sent = await body(request, LeaseBody)
    async with services.database.transaction() as unit:
        await queue.renew(unit, request[CALLER], _case(request), sent.lease, services.clock.now())
    return _done()


async def hand_back(request: web.Request) -> web.Response:
    """Put the child back to the front of the queue."""
    services = request.config_dict[SERVICES]
    sent = await body(request, LeaseBody)
    now = services.clock.now()
    async with services.database.transaction() as unit:
        await queue.hand_back(unit, services.vault, request[CALLER], _case(request), sent.lease, now)
    return _done()


async def close(request: web.Request) -> web.Response:
    """End the contact with an outcome and a summary."""
    services = request.config_dict[SERVICES]
    sent = await body(request, CloseBody)
    async with services.database.transaction() as unit:
        await contact.close(
            unit,
            services.vault,
            request[CALLER],
            _case(request),
            lease=sent.lease,
            outcome=sent.outcome,
            summary=sent.summary,
            follow_up=sent.follow_up,
            now=services.clock.now(),
        )
    return _done()


async def write_reason(request: web.Request) -> web.Response:
    """Write why the words of a case that was opened without a yes were read."""
    services = request.config_dict[SERVICES]
    sent = await body(request, ReasonBody)
    async with services.database.transaction() as unit:
        await signing.write_reason(
            unit,
            services.vault,
            request[CALLER],
            _case(request),
            lease=sent.lease,
            text=sent.text,
            now=services.clock.now(),
        )
    return _done()


async def sign(request: web.Request) -> web.Response:
    """Put a supervisor's signature under the reason; a second time changes nothing."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        await signing.sign(unit, services.vault, request[CALLER], _case(request), services.clock.now())
    return _done()


def _case(request: web.Request) -> str:
    return request.match_info["case_id"]


def _done() -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)
