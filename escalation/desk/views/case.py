"""One child's case: what was shared, what was agreed, the conversation; live both ways."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web

from escalation import holds, pausing, restrictions, signing, trail
from escalation.contact import COUNSELLOR, OUTCOMES, Contact, look_again, read_contact
from escalation.desk import alerts, live
from escalation.desk.alerts import Alert
from escalation.desk.case_shift import CaseShift, Ear, case_shift
from escalation.desk.identity import STAFF
from escalation.desk.pages import fragment, page
from escalation.desk.phrases import CALM, WAIT, lesson_cards, next_card, phrases
from escalation.desk.services import SERVICES, DeskServices
from escalation.desk.views.presence import Keeper, is_present
from escalation.glass.breaking import readable
from escalation.linked import Linked, linked_to
from escalation.outside.queue import is_elsewhere
from escalation.permissions import Staff, may
from escalation.readers import Reader, readers_of
from escalation.restrictions import Restriction
from escalation.staff.accounts import names_of
from escalation.tasks import reading
from escalation.tasks.reading import Open
from escalation.writing import drafts
from store.database import Transaction
from store.ids import new_id
from store.signals import case_topic, conversation_topic, typing_topic


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything the case page shows; two equal ones look the same but for the clocks."""

    contact: Contact
    alerts: tuple[Alert, ...]
    kept_from: tuple[Restriction, ...]  # for a supervisor alone: nobody else needs to know whom the child declined
    readers: tuple[Reader, ...]
    names: dict[str, str]
    holding: bool
    may_sign: bool
    present: bool
    kept: bool  # under legal hold; only who supervises is shown it
    shift: CaseShift
    tasks: tuple[Open, ...]
    waits_since: datetime | None  # the child was asked to wait
    linked: tuple[Linked, ...]  # other contacts of the same person
    quotes: bool  # words of the child can be carried into the case file from here


async def show(request: web.Request) -> web.StreamResponse:
    """Show the case; the look goes into the trail."""
    return await case_page(request)


async def case_page(
    request: web.Request,
    *,
    status: int = HTTPStatus.OK,
    draft: str = "",
    summary: str = "",
    follow_up: bool = False,
    reason: str = "",
    handing: str = "",
    noting: str = "",
    message: str | None = None,
) -> web.StreamResponse:
    """Answer with the case page; after a refusal it keeps what was being written."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    case_id = request.match_info["case_id"]
    now = services.clock.now()
    async with services.database.transaction() as unit:
        contact = await read_contact(unit, services.vault, staff, case_id, now)
        seen = await _seen(unit, services, staff, contact)
        kept = await drafts.of(unit, services.vault, staff, contact.entry.case_id)
    entry = contact.entry
    ready = phrases(entry.audience, entry.band, staff.display_name)
    cards = lesson_cards(services.content, entry.band, entry.harms)
    said = {line.text for line in contact.lines if line.author == COUNSELLOR}
    values: dict[str, Any] = {
        "seen": seen,
        "elsewhere": entry.state == "waiting" and is_elsewhere(services.queue, entry, now),
        "present": seen.present if may(staff, "queue.view") else None,
        "message_id": new_id(),
        "draft": draft or (kept.text if kept else ""),
        "kept_at": None if draft or kept is None else kept.at,
        "summary": summary,
        "follow_up": follow_up,
        "reason": reason,
        "handing": handing,
        "noting": noting,
        "message": message,
        "notice": request.query.get("notice"),
        "outcomes": OUTCOMES,
        "phrases": (*ready, *cards),
        "lesson": next_card(cards, said),
        "wait": next((phrase.text for phrase in ready if phrase.group == WAIT), ""),
        "calm": next((phrase.text for phrase in ready if phrase.group == CALM), ""),
    }
    return await page(request, "case.html", status=status, **values)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the case anew whenever it or its conversation changes; that somebody watches goes into the trail."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    case_id = request.match_info["case_id"]
    async with services.database.transaction() as unit:
        row, glass = await readable(unit, services.vault, staff, case_id, services.clock.now())
        await trail.record(
            unit,
            stream=trail.case_stream(case_id),
            actor=staff.id,
            action="case.watched",
            at=services.clock.now(),
            detail={"case": case_id} | ({"grant": glass.id} if glass else {}),
        )

    keeper, ear = Keeper(services, staff), Ear(services, staff, case_id)

    async def look() -> tuple[object, Callable[[], Awaitable[str]]]:
        async with services.database.reading() as unit:
            contact = await look_again(unit, services.vault, staff, case_id, services.clock.now())
            seen = await _seen(unit, services, staff, contact)
        await keeper.keep(present=seen.present)
        await ear.keep(holding=seen.holding)
        return seen, lambda: fragment(request.config_dict, services, "_case.html", seen=seen, staff=staff)

    topics = (case_topic(case_id), conversation_topic(row.conversation_id))
    try:
        return await live.stream(request, "contact", topics, look, typing=typing_topic(row.conversation_id, "child"))
    finally:
        await ear.stop()


async def _seen(unit: Transaction, services: DeskServices, staff: Staff, contact: Contact) -> CasePage:
    entry = contact.entry
    may_quote = may(staff, "casefile.write") and entry.state != "withdrawn" and not contact.opens_at_claim
    return CasePage(
        contact=contact,
        alerts=await alerts.of_case(unit, entry.case_id),
        kept_from=await restrictions.of_case(unit, entry.case_id) if may(staff, "case.take_over") else (),
        readers=await readers_of(unit, entry.case_id),
        names=await names_of(unit),
        holding=entry.state == "claimed" and entry.owner_id == staff.id,
        may_sign=entry.duties is not None and signing.may_sign(staff, entry.owner_id, entry.duties),
        present=await is_present(unit, staff, services.clock.now()),
        kept=may(staff, "case.take_over") and await holds.is_held(unit, entry.case_id),
        shift=await case_shift(unit, services, staff, entry.case_id),
        tasks=await reading.open_in(unit, services.vault, entry.case_id, services.calendar, services.clock.now()),
        waits_since=await pausing.waits_since(unit, entry.case_id) if entry.state == "claimed" else None,
        linked=() if contact.glass else await linked_to(unit, services.vault, staff, entry.case_id),
        quotes=may_quote and contact.glass is None,
    )
