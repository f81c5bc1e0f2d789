"""A stored state that the turn cannot work with must not silence a person: what of it keeps a child safe goes on.

The turn of a message is tried five times. In the last try it starts from less: `sheltered`, where the state can be
read, since a lesson that no longer exists may be what breaks it; `salvaged`, where it cannot. What is left out of a
readable state is only out of sight of that turn, but for the lesson or question that was open.
"""

from dataclasses import replace
from typing import Any, cast, get_type_hints

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from bot.state import Aside, Contact, Flow, Listed, Matter, Role, State, from_json
from escalation.cases import OPEN_STATES
from escalation.tables import cases
from store.conversations import Conversation
from store.database import Transaction

_FIELDS = {name: TypeAdapter(kind) for name, kind in get_type_hints(State).items()}


class StateLostError(Exception):
    """The sealed state of a conversation does not open."""


def read_state(held: Conversation) -> State:
    """Return the stored state; raises StateLostError or ValidationError."""
    if held.state_lost:
        raise StateLostError
    return from_json(held.state)


def role_of(held: Conversation) -> Role | None:
    """Return who is at the phone, None where nobody has said so or the state cannot be read."""
    return _seen(held).role


def listed_of(held: Conversation) -> Listed:
    """Return the numbers that may be typed, none where the state cannot be read."""
    return _seen(held).listed


def _seen(held: Conversation) -> State:
    try:
        return read_state(held)
    except (StateLostError, ValidationError):
        return State()


def sheltered(state: State) -> State:
    """Return the state without what only learning needs, and without an open question: it takes no yes for one."""
    return replace(
        state,
        flow=Flow(),
        wanted_topic="",
        question=None,
        hint=None,
        asked_about=(),
        pace=None,
        learned=(),
        plan=None,
    )


def unsheltered(after: State, before: State) -> State:
    """Return the state after a sheltered turn with the learning of before it; for a turn after which nobody left."""
    return replace(after, learned=before.learned, plan=before.plan)


async def salvaged(unit: Transaction, held: Conversation) -> tuple[State, bool]:
    """Return the stored state, or what can be read of it with the cases that are open; and whether it was so."""
    try:
        return read_state(held), False
    except (StateLostError, ValidationError):
        state = replace(sheltered(_readable(held.state)), away=True)
    open_ones = (cases.c.conversation_id == held.id) & cases.c.state.in_(OPEN_STATES)
    for row in await unit.execute(select(cases).where(open_ones)):
        state = _with_case(state, row)
    return state, True


def _readable(value: Any) -> State:
    kept: dict[str, Any] = {}
    for name, kind in _FIELDS.items() if isinstance(value, dict) else ():
        try:
            kept[name] = kind.validate_python(value[name], strict=False)
        except (KeyError, ValidationError):
            continue
    return State(**kept)


def _with_case(state: State, row: Any) -> State:
    """Return the state knowing of an open case and of the matter behind it, where it lost one of them."""
    mine = row.role == state.person
    known = state.aside if state.aside is not None and not mine else None
    contact = state.contact if mine else known.contact if known is not None else None
    matter = state.matter if mine else known.matter if known is not None else None
    contact = contact or Contact(
        case_id=row.id,
        way="talk" if row.basis == "consent" or row.agreed_at is not None else "passed_on",
        vital=row.basis == "vital_interest",
        connected=row.state == "claimed",
        hidden=True,
    )
    matter = matter or Matter(
        stage="shared",
        from_seq=row.from_seq,
        urgency=row.urgency,
        harms=tuple(row.harms.split()),
        subject=row.subject,
        opened_at=row.opened_at,
    )
    if mine:
        return replace(state, contact=contact, matter=matter)
    aside = known or Aside(role=cast("Role", row.role))
    return replace(state, aside=replace(aside, contact=contact, matter=matter))
