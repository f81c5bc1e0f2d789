"""How long each class of data is kept: one table of clocks, one run of all of them, one report.

Law 91/2025/QH15 art. 3 asks for a time fit for the purpose and names no number: the operator sets it. What the person
is told (`privacy.notice`, the page /privacy) bounds the settings: talk is never kept longer than 30 days.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bot import forgetting
from bot.settings import Settings
from escalation import complaints, holds, trail
from escalation import retention as hotline
from escalation.casefile.tables import export
from escalation.glass.tables import break_glass
from escalation.outside import announcing
from escalation.referrals.tables import referral
from escalation.shift.tables import handover, listener, load, lobby, notice
from escalation.staff.tables import reset_link, staff_notice, totp_pending
from escalation.tables import (
    cases,
    consent,
    follow_up,
    presence,
    restriction,
    setup_link,
    sign_in_failure,
    staff_session,
)
from escalation.tables import trail as trail_table
from escalation.tasks.tables import task
from escalation.writing import erasing
from escalation.writing.tables import draft
from store import retention
from store.database import Database, Transaction
from store.tables import IS_SET_ASIDE, inbox, message, outbox
from store.vault import Vault

STREAM = "retention"
_HELD = ("case", "complaint", "follow_up")  # whose words a legal hold keeps; their `id` is the case
_PURPOSE = "Law 91/2025/QH15 art. 3: time fit for the purpose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long the classes are kept that the operator decides about."""

    talk: timedelta = retention.TALK
    case: timedelta = timedelta(days=5 * 365)
    conversation: timedelta = timedelta(days=365)
    door: timedelta = timedelta(days=30)

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        """Take the terms from the settings."""
        return cls(
            talk=timedelta(days=settings.retention_talk_days),
            case=timedelta(days=365 * settings.retention_case_years),
            conversation=timedelta(days=settings.retention_conversation_days),
            door=timedelta(days=settings.retention_sign_in_days),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One class of data. `term` is None where it is kept; `since` is the event from which the time runs."""

    name: str
    since: str
    does: str
    source: str
    term: Callable[[Terms], timedelta] | None
    times: Callable[[], Any]
    """Selects the time of that event, as `at`, for every row that still holds something."""


def _of(column: Any, *conditions: Any) -> Callable[[], Any]:
    return lambda: select(column.label("at")).where(*conditions)


def _talk(terms: Terms) -> timedelta:
    return terms.talk


def _door(terms: Terms) -> timedelta:
    return terms.door


CLOCKS: tuple[Clock, ...] = (
    Clock(
        name="talk",
        since="the line was written",
        does="transcript lines outside a case are deleted",
        source="privacy.notice: 30 days at most",
        term=_talk,
        times=_of(message.c.at, message.c.case_id.is_(None)),
    ),
    Clock(
        name="sent",
        since="the words were put into the outbox",
        does="the body is emptied, what is unsent is cancelled; the row stays, so that nothing is sent twice",
        source="privacy.notice: 30 days at most",
        term=_talk,
        times=_of(outbox.c.created_at, outbox.c.body_sealed.is_not(None)),
    ),
    Clock(
        name="parked",
        since="the message came in and could not be read",
        does="the body is emptied; the row stays, so that it is never taken for a new one",
        source="privacy.notice: 30 days at most",
        term=_talk,
        times=_of(inbox.c.received_at, inbox.c.body_sealed.is_not(None), IS_SET_ASIDE),
    ),
    Clock(
        name="case",
        since="the case was closed or withdrawn",
        does="lines, items, all words of staff and alerts are erased; the case's row stays without words",
        source=_PURPOSE,
        term=lambda terms: terms.case,
        times=lambda: hotline.ended_cases().with_only_columns(cases.c.closed_at.label("at"), cases.c.id),
    ),
    Clock(
        name="follow_up",
        since="the case was closed or withdrawn",
        does="the row is deleted with the case's words",
        source=_PURPOSE,
        term=lambda terms: terms.case,
        times=lambda: select(cases.c.closed_at.label("at"), cases.c.id).where(follow_up.c.case_id == cases.c.id),
    ),
    Clock(
        name="draft",
        since="the last change of what was not sent",
        does="the row is deleted; sending, ending and withdrawing delete it at once",
        source=_PURPOSE,
        term=lambda _: erasing.DRAFT_KEPT,
        times=_of(draft.c.at),
    ),
    Clock(
        name="complaint",
        since="the complaint",
        does="its words are erased; the row stays, and words about a held case stay with it",
        source=_PURPOSE,
        term=lambda _: complaints.KEPT,
        times=complaints.with_words,
    ),
    Clock(
        name="conversation",
        since="the last message in either direction",
        does="a conversation of which nothing else is left goes with its address and key",
        source="privacy.notice: what was learned, a year",
        term=lambda terms: terms.conversation,
        times=lambda: select(hotline.empty_conversations().subquery().c.last.label("at")),
    ),
    Clock(
        name="session",
        since="the session or token ended",
        does="the row is deleted",
        source=_PURPOSE,
        term=_door,
        times=_of(staff_session.c.expires_at),
    ),
    Clock(
        name="setup_link",
        since="the link ended",
        does="the row is deleted",
        source=_PURPOSE,
        term=_door,
        times=_of(setup_link.c.expires_at),
    ),
    Clock(
        name="sign_in_failure",
        since="the last failure",
        does="the row is deleted",
        source=_PURPOSE,
        term=_door,
        times=_of(sign_in_failure.c.last_at),
    ),
    Clock(
        name="presence",
        since="the readiness ran out",
        does="the row is deleted",
        source=_PURPOSE,
        term=_door,
        times=_of(presence.c.until),
    ),
    Clock(
        name="reset_link",
        since="the link ended",
        does="the row is deleted",
        source=_PURPOSE,
        term=_door,
        times=_of(reset_link.c.expires_at),
    ),
    Clock(
        name="staff_notice",
        since="its owner put it away",
        does="the row is deleted",
        source=_PURPOSE,
        term=_door,
        times=_of(staff_notice.c.seen_at, staff_notice.c.seen_at.is_not(None)),
    ),
    Clock(
        name="totp_pending",
        since="it was shown",
        does="the row is deleted",
        source=_PURPOSE,
        term=_door,
        times=_of(totp_pending.c.at),
    ),
    Clock(
        name="break_glass",
        since="the glass was broken",
        does="kept: the reason goes with the words of the case, and the row is the proof",
        source="the trail: who read what, and why",
        term=None,
        times=_of(break_glass.c.at),
    ),
    Clock(
        name="notice",
        since="the alert or the event; for an event of a case, once the case has ended",
        does="the row of what went to the operator's webhook or mail is deleted; an event's facts go when it is taken",
        source=_PURPOSE,
        term=_door,
        times=_of(notice.c.at, announcing.told()),
    ),
    Clock(
        name="lobby",
        since="the risk was heard",
        does="counted for half an hour, then deleted within the hour",
        source="safety protocol, section 3: a child appears only by its own yes",
        term=lambda _: timedelta(),
        times=_of(lobby.c.until),
    ),
    Clock(
        name="listener",
        since="the supervisor's page was last open",
        does="the row is deleted",
        source=_PURPOSE,
        term=_door,
        times=_of(listener.c.until),
    ),
    Clock(
        name="load",
        since="the break began",
        does="kept: one row for each member of staff, overwritten, without anything of a person",
        source=_PURPOSE,
        term=None,
        times=_of(load.c.break_since, load.c.break_since.is_not(None)),
    ),
    Clock(
        name="handover",
        since="the child was handed over",
        does="kept without its note, which goes with the words of the case",
        source="Decree 56/2017/NĐ-CP art. 22-23: the hotline stores and reports",
        term=None,
        times=_of(handover.c.at),
    ),
    Clock(
        name="casefile_export",
        since="the paper left the desk",
        does="kept without its reason, which goes with the words of the case, as the forms themselves do",
        source="the trail: who took what out, and when",
        term=None,
        times=_of(export.c.at),
    ),
    Clock(
        name="referral",
        since="the referral was drafted",
        does="kept without its words, which go with the words of the case: to whom, on what basis and when stay",
        source="Law 91/2025/QH15 art. 9, 17 and 19: the controller proves what was passed on, and on which ground",
        term=None,
        times=_of(referral.c.at),
    ),
    Clock(
        name="task",
        since="the receipt, or when somebody of the staff added it",
        does="kept without its words, which go with the words of the case",
        source="Decree 56/2017/NĐ-CP art. 26-28: what was due in 12 hours and in 5 working days is reported",
        term=None,
        times=_of(task.c.counts_from),
    ),
    Clock(
        name="case_row",
        since="the case was opened",
        does="kept: it holds no words, and the yearly report counts it",
        source="Decree 56/2017/NĐ-CP art. 22-23: the hotline stores and reports",
        term=None,
        times=_of(cases.c.opened_at),
    ),
    Clock(
        name="restriction",
        since="the child's wish",
        does="kept: it holds no words, and the wish holds for every later case",
        source="the child's own wish",
        term=None,
        times=_of(restriction.c.at),
    ),
    Clock(
        name="consent",
        since="the decision",
        does="kept, by pseudonym",
        source="Law 91/2025/QH15 art. 9: the controller proves the consent",
        term=None,
        times=_of(consent.c.at),
    ),
    Clock(
        name="trail",
        since="the entry",
        does="kept whole: a chain that is cut proves nothing, and no entry holds a person's words",
        source="Law 91/2025/QH15 art. 9 and 19: the controller proves what was done, and on which ground",
        term=None,
        times=_of(trail_table.c.at),
    ),
)


async def run(database: Database, vault: Vault, terms: Terms, now: datetime) -> dict[str, int]:
    """Let every clock strike once, each in a unit of work of its own; returns how much went, by class."""
    removed: dict[str, int] = {}
    async with database.transaction() as unit:
        gone = await retention.purge(unit, now, terms.talk)
        removed |= {"talk": gone.messages, "sent": gone.outgoing, "parked": gone.parked}
        removed["complaint"] = await complaints.forget_old(unit, now)
        removed["draft"] = await erasing.old_drafts(unit, now)
    await forgetting.forget_still_ones(database, vault, now, terms.talk)
    async with database.transaction() as unit:
        removed["case"] = await hotline.purge_cases(unit, now, terms.case)
    async with database.transaction() as unit:
        removed["doors"] = await hotline.purge_doors(unit, now, terms.door)
    async with database.transaction() as unit:
        removed["conversation"] = await hotline.purge_conversations(unit, now, terms.conversation)
        if any(removed.values()):
            await trail.record(
                unit, stream=STREAM, actor=trail.SYSTEM, action="retention.purged", at=now, detail=dict(removed)
            )
    return removed


async def report(unit: Transaction, terms: Terms, now: datetime) -> dict[str, Any]:
    """Tell for every class how many rows are kept, the oldest, when the next is due and what is due now."""
    held = tuple(await holds.held(unit))
    classes = [await _class(unit, clock, terms, now, held) for clock in CLOCKS]
    last = (
        await unit.execute(
            select(trail_table).where(trail_table.c.stream == STREAM).order_by(trail_table.c.number.desc()).limit(1)
        )
    ).one_or_none()
    return {
        "classes": classes,
        "held": sorted(held),
        "last_run": None if last is None else {"at": last.at.isoformat(), "removed": json.loads(last.detail)},
    }


async def _class(unit: Transaction, clock: Clock, terms: Terms, now: datetime, held: tuple[str, ...]) -> dict[str, Any]:
    kept = clock.times().subquery()
    counted: Any = await unit.execute(select(func.count(), func.min(kept.c.at)).select_from(kept))
    count, oldest = counted.one()
    told: dict[str, Any] = {
        "class": clock.name,
        "since": clock.since,
        "does": clock.does,
        "source": clock.source,
        "kept": count,
        "oldest": None if oldest is None else oldest.isoformat(),
    }
    if clock.term is None:
        return told | {"days": None, "due": 0, "next_due": None}
    term = clock.term(terms)
    due = select(func.count()).select_from(kept).where(kept.c.at < now - term)
    if clock.name in _HELD:
        due = due.where(kept.c.id.not_in(held))
    return told | {
        "days": term.days,
        "due": (await unit.execute(due)).scalar_one(),
        "next_due": None if oldest is None else (oldest + term).isoformat(),
    }
