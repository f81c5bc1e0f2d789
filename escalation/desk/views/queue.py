"""The queue: who waits, who is next, what a supervisor must know; live."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from escalation import complaints, follow_ups, queue, signing
from escalation.desk import alerts, live
from escalation.desk.alerts import Alert
from escalation.desk.forms import done, whole_number
from escalation.desk.identity import STAFF
from escalation.desk.pages import fragment, page, redirect
from escalation.desk.services import SERVICES, DeskServices
from escalation.desk.views.presence import Keeper, is_present
from escalation.follow_ups import FollowUp
from escalation.glass import breaking
from escalation.outside.queue import QueueElsewhere, is_elsewhere
from escalation.permissions import Action, Staff, may, require
from escalation.queue import QueueEntry
from escalation.shift import handover, lobby, picking
from escalation.shift.errors import HandsFull
from escalation.shift.load import Load, load_of
from escalation.signing import Unsigned
from escalation.staff.accounts import names_of
from escalation.tasks import alarms
from store import parked
from store.database import Transaction
from store.signals import QUEUE

_CARDS = 30
_ELSEWHERE: dict[Action, str] = {
    "referral.list": "/referrals",
    "staff.manage": "/staff",
    "trail.view": "/trail",
    "directory.view": "/directory",
}
"""Where they begin who have no queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the queue page shows; two equal boards look the same but for the clocks."""

    waiting: tuple[QueueEntry, ...]
    mine: tuple[QueueEntry, ...]
    others: tuple[QueueEntry, ...]
    names: dict[str, str]
    alerts: tuple[Alert, ...]
    unsigned: tuple[Unsigned, ...]
    follow_ups: tuple[FollowUp, ...]  # of this day, for a supervisor alone
    complaints: int  # not yet read by any supervisor; 0 for everybody else
    set_aside: int  # messages that a fault set aside and that wait for the operator; 0 for all but a supervisor
    present: bool
    carried: Load
    rest_minutes: int
    offers: tuple[str, ...]  # cases that a colleague wants to hand over to this person
    lobby: tuple[lobby.Count, ...]
    outside: bool  # a system beside the desk gives out children
    elsewhere: frozenset[str]  # those of the waiting ones that it may still give


async def home(_request: web.Request) -> web.StreamResponse:
    """Lead from /desk to the queue."""
    return redirect("/")


async def show(request: web.Request) -> web.StreamResponse:
    """Show the queue, or what the role has instead of it."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    if not may(staff, "queue.view"):
        elsewhere = next((path for action, path in _ELSEWHERE.items() if may(staff, action)), None)
        return redirect(elsewhere) if elsewhere else await page(request, "nothing_here.html")
    async with services.database.reading() as unit:
        entries = await queue.entries(unit, services.vault, staff, services.clock.now())
        board = await _board(unit, services, staff, entries)
    told = {name: name in request.query for name in ("nobody", "full", "elsewhere")}
    return await page(request, "queue.html", board=board, present=board.present, most=_most(request), **told)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the queue anew whenever it changes."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "queue.view")
    keeper, most = Keeper(services, staff), _most(request)

    async def look() -> tuple[object, Callable[[], Awaitable[str]]]:
        changes = services.database.signals.queue_changes
        async with services.database.reading() as unit:
            entries = await services.sight.entries(unit, services.vault, staff, services.clock.now(), changes)
            board = await _board(unit, services, staff, entries)
        await keeper.keep(present=board.present)
        return board, lambda: fragment(
            request.config_dict, services, "_queue.html", board=board, staff=staff, most=most
        )

    return await live.stream(request, "queue", (QUEUE,), look, turns=services.sight.turns)


async def take_next(request: web.Request) -> web.StreamResponse:
    """Claim the child who needs somebody most."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    try:
        async with services.database.transaction() as unit:
            now = services.clock.now()
            taken = await picking.take_next(unit, services.vault, staff, services.limits, now, services.queue)
    except HandsFull:
        return redirect("/?full")
    except QueueElsewhere:
        return redirect("/?elsewhere")
    return redirect("/?nobody") if taken is None else redirect(f"/cases/{taken[0]}")


async def see_alert(request: web.Request) -> web.StreamResponse:
    """Mark an alert as seen."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    case_id, number = request.match_info["case_id"], whole_number(request.match_info["number"])
    async with services.database.transaction() as unit:
        await alerts.mark_seen(unit, services.vault, staff, case_id, number, services.clock.now())
    return done(request, "/")


def _most(request: web.Request) -> int | None:
    """Return how many cards of a kind are drawn, or None for all: a hundred open pages are drawn at every change."""
    return None if "all" in request.query else _CARDS


async def _board(unit: Transaction, services: DeskServices, staff: Staff, entries: tuple[QueueEntry, ...]) -> Board:
    now = services.clock.now()
    unsigned = await signing.unsigned(unit, services.vault, staff)
    in_sight = frozenset([*(entry.case_id for entry in entries), *(case.case_id for case in unsigned)])
    in_sight |= await breaking.alerted(unit, services.vault, staff)
    in_sight |= await alarms.alerted(unit, services.vault, staff)
    claimed = [entry for entry in entries if entry.state == "claimed"]
    waiting = tuple(entry for entry in entries if entry.state == "waiting")
    return Board(
        waiting=waiting,
        mine=tuple(entry for entry in claimed if entry.owner_id == staff.id),
        others=tuple(entry for entry in claimed if entry.owner_id != staff.id),
        names=await names_of(unit),
        alerts=await alerts.unseen(unit, staff, in_sight),
        unsigned=unsigned,
        follow_ups=await follow_ups.of_day(unit, services.vault, staff, now),
        complaints=await _unread(unit, services, staff),
        set_aside=await parked.count(unit) if may(staff, "case.take_over") else 0,
        present=await is_present(unit, staff, now),
        carried=await load_of(unit, staff.id, services.limits, now),
        rest_minutes=services.limits.rest // timedelta(minutes=1),
        offers=await handover.offers_to(unit, staff),
        lobby=await lobby.counts(unit, staff, now),
        outside=services.queue.assigns,
        elsewhere=frozenset(entry.case_id for entry in waiting if is_elsewhere(services.queue, entry, now)),
    )


async def _unread(unit: Transaction, services: DeskServices, staff: Staff) -> int:
    return await complaints.unread(unit, services.vault, staff) if may(staff, "complaint.read") else 0
