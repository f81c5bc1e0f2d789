"""What a turn may know of the database: read before it, only where it can matter, so that the turn stays pure."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from bot import turn
from bot.effects import Desk
from bot.flows import own_data, preview
from bot.moment import Moment
from bot.own_data import read_own_data
from bot.state import State
from bot.story import Line
from escalation import cases, holds, queue
from escalation.contact import masked
from store.conversations import Conversation, message_place
from store.database import Transaction
from store.tables import message


async def desk_of(unit: Transaction, conversation_id: str, state: State, now: datetime) -> Desk:
    """Ask how the queue stands, where the answer can matter: a case is open, or may open in this turn."""
    contact = state.open_case
    asked = state.question.kind if state.question is not None else ""
    if asked == "delete":
        return Desk(case_kept=await cases.any_kept(unit, conversation_id, state.person))
    if contact is None and asked != "consent":
        return Desk()
    case_id = contact.case_id if contact is not None else ""
    ahead = await queue.place_of(unit, case_id, now)
    held = asked == "withdraw" and await holds.is_held(unit, case_id)
    return Desk(staffed=await queue.staffed(unit, now, case_id), ahead=ahead, case_held=held)


async def with_asked_for(unit: Transaction, held: Conversation, moment: Moment) -> Moment:
    """Return the moment with the lines of a preview or the person's own data, if that is what it asks for."""
    state, choice = moment.state, turn.choice_of(moment)
    asked = state.question is not None and (state.question.kind, state.question.item) == ("consent", "conversation")
    if asked and not state.passed_on and state.matter is not None and preview.wants(choice, moment.text):
        return replace(moment, lines=await lines_of(unit, held, state.matter.from_seq, state.person))
    if choice in own_data.CHOICES:
        return replace(moment, own=await read_own_data(unit, held, state.person))
    return moment


async def lines_of(unit: Transaction, held: Conversation, from_seq: int, person: str) -> tuple[Line, ...]:
    """Open what `open_case` would share now, as the counsellor would see it."""
    shared = (
        (message.c.conversation_id == held.id)
        & (message.c.seq >= from_seq)
        & (message.c.person == person)
        & message.c.case_id.is_(None)
        & message.c.body_sealed.is_not(None)
    )
    rows = (await unit.execute(select(message).where(shared).order_by(message.c.seq))).all()
    bodies = [(row, held.sealer.open(message_place(row.seq), row.body_sealed)) for row in rows]
    return tuple(
        Line(seq=row.seq, own=row.author == "child", text=masked(body["text"], body.get("masks", ()), {}))
        for row, body in bodies
        if body["text"]
    )
