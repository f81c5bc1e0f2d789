"""What the hotline keeps no longer than its clocks allow: a case's words, sessions, links, idle conversations.

The rows of cases, the consent ledger and the trail stay: they hold no words, and they are the proof of what was done.
The trail is never cut, so every chain verifies from its first entry.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update

from escalation import case_words, holds, trail
from escalation.outside import announcing
from escalation.shift import lobby
from escalation.shift.tables import listener, notice
from escalation.staff.tables import reset_link, staff_notice, totp_pending
from escalation.tables import alert, cases, complaint, follow_up, presence, setup_link, sign_in_failure, staff_session
from store.database import Transaction
from store.tables import conversation, inbox, message, outbox, timer

PORTION = 200  # cases or conversations in one unit of work
ENDED = ("closed", "withdrawn")
_SEALED = ("items_sealed", "summary_sealed", "reason_sealed")


def ended_cases() -> Any:
    """Select case and end of every ended case that still has more than its row: words of any kind, a follow-up."""
    lines = exists().where(message.c.case_id == cases.c.id)
    later = exists().where(follow_up.c.case_id == cases.c.id)
    words = or_(lines, later, case_words.kept_of(cases.c.id), *(cases.c[name].is_not(None) for name in _SEALED))
    return select(cases.c.id, cases.c.conversation_id, cases.c.closed_at).where(cases.c.state.in_(ENDED), words)


async def purge_cases(unit: Transaction, now: datetime, term: timedelta) -> int:
    """Erase the words, alerts and follow-ups of cases that ended longer than `term` ago; a held case is passed over."""
    kept = tuple(await holds.held(unit))
    due = ended_cases().where(cases.c.closed_at < now - term, cases.c.id.not_in(kept)).limit(PORTION)
    rows = (await unit.execute(due)).all()
    for row in rows:
        mine = select(message.c.seq).where(message.c.case_id == row.id)
        sent = (outbox.c.conversation_id == row.conversation_id) & outbox.c.seq.in_(mine)
        await unit.execute(update(outbox).where(sent).values(body_sealed=None))
        await unit.execute(delete(message).where(message.c.case_id == row.id))
        await unit.execute(delete(alert).where(alert.c.case_id == row.id))
        await unit.execute(delete(follow_up).where(follow_up.c.case_id == row.id))
        await case_words.forget(unit, row.id)
        await unit.execute(update(cases).where(cases.c.id == row.id).values(**dict.fromkeys(_SEALED)))
        await trail.record(
            unit,
            stream=trail.case_stream(row.id),
            actor=trail.SYSTEM,
            action="case.erased",
            at=now,
            detail={"case": row.id},
        )
    return len(rows)


async def purge_doors(unit: Transaction, now: datetime, term: timedelta) -> int:
    """Remove sessions, tokens, one-time links, failed sign-ins, presence and sent alerts that ended `term` ago.

    What was counted in the lobby goes as soon as it counts no more.
    """
    before = now - term
    removed = 0
    for table, ended in (
        (staff_session, staff_session.c.expires_at),
        (setup_link, setup_link.c.expires_at),
        (reset_link, reset_link.c.expires_at),
        (staff_notice, staff_notice.c.seen_at),
        (totp_pending, totp_pending.c.at),
        (sign_in_failure, sign_in_failure.c.last_at),
        (presence, presence.c.until),
        (listener, listener.c.until),
    ):
        removed += (await unit.execute(delete(table).where(ended < before))).rowcount
    removed += (await unit.execute(delete(notice).where(notice.c.at < before, announcing.told()))).rowcount
    return removed + await lobby.forget_old(unit, now)


def empty_conversations() -> Any:
    """Select the conversations without a line, a case or a complaint's words, with the time of their `last` message.

    Whatever is said begins with a row of the inbox: a message, a timer's ring or a notice of the desk.
    """
    mine = conversation.c.id
    newest = select(func.max(inbox.c.received_at)).where(inbox.c.conversation_id == mine).scalar_subquery()
    return select(mine, func.coalesce(newest, conversation.c.created_at).label("last")).where(
        ~exists().where(message.c.conversation_id == mine),
        ~exists().where(cases.c.conversation_id == mine),
        ~exists().where(complaint.c.conversation_id == mine, complaint.c.body_sealed.is_not(None)),
    )


async def purge_conversations(unit: Transaction, now: datetime, term: timedelta) -> int:
    """Remove empty conversations, still for `term`, with address and key; decisions on consent stay, by pseudonym."""
    empty = empty_conversations().subquery()
    due = select(empty.c.id).where(empty.c.last < now - term)
    found = [row.id for row in await unit.execute(due.limit(PORTION))]
    # Whoever writes now waits for these locks; what was taken in before them is seen by the second look.
    await unit.execute(select(conversation.c.id).where(conversation.c.id.in_(found)).with_for_update())
    ids = [row.id for row in await unit.execute(due.where(empty.c.id.in_(found)))]
    for table in (inbox, outbox, timer):
        await unit.execute(delete(table).where(table.c.conversation_id.in_(ids)))
    await unit.execute(delete(conversation).where(conversation.c.id.in_(ids)))
    return len(ids)
