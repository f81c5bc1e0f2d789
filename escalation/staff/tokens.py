"""Tokens of the staff API: made for an account by whoever manages accounts, shown once, narrowed, ended.

A token never does more than its owner may at that moment: a role or area that is taken from the owner is taken from the
token. It ends with the account, with the owner's password, after 90 days, or by hand.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from escalation import trail
from escalation.errors import BadRequest, EscalationError
from escalation.permissions import ACTIONS, NATIONAL, POLICY, Action, Staff, in_area, require
from escalation.staff import notices
from escalation.staff.accounts import account_of, staff_of, staff_stream
from escalation.staff.errors import NoSuchStaff
from escalation.staff.sessions import open_session, token_hash
from escalation.tables import staff, staff_session
from store.database import Transaction

MOST_LABEL = 64
SHORTEST_ID = 8  # letters by which a token may be named at the console
_MOST_AREA = 200


class NoSuchToken(EscalationError):  # noqa: N818
    """No token by that id lets anybody in."""

    status = 404
    message = "There is no such token."


class BadScope(BadRequest):
    """A token would do nothing, or more than its owner."""

    message = "A token does at least one thing, and nothing beyond the role and area of its owner."


class BadLabel(BadRequest):
    """A token needs a name by which people know what uses it."""

    message = f"A token needs a name of 1 to {MOST_LABEL} characters."


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as the admin sees it; `id` is its hash, which opens nothing."""

    id: str
    owner: Staff
    label: str  # empty where it was made by the console
    actions: tuple[Action, ...] | None  # None: all of the owner's
    area: str | None
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


async def listed(unit: Transaction, admin: Staff, now: datetime) -> tuple[Token, ...]:
    """Return every token that still lets somebody in, the newest first; the look goes into the trail."""
    require(admin, "token.manage")
    found = await in_force(unit, now)
    await _note(unit, admin.id, admin.id, "token.listed", now)
    return found


async def in_force(unit: Transaction, now: datetime) -> tuple[Token, ...]:
    """Return every token that still lets somebody in, the newest first; the caller writes down who looked."""
    mine = staff_session.c
    columns = (mine.token_hash, mine.label, mine.actions, mine.area.label("only_area"))
    times = (mine.created_at.label("made_at"), mine.seen_at, mine.expires_at)
    statement = (
        select(staff, *columns, *times)
        .join(staff_session, mine.staff_id == staff.c.id)
        .where(mine.kind == "api", mine.revoked_at.is_(None), mine.expires_at > now)
        .order_by(mine.created_at.desc(), mine.token_hash)
    )
    return tuple(_token(row) for row in await unit.execute(statement))


async def make(
    unit: Transaction,
    admin: Staff,
    *,
    owner_id: str,
    label: str,
    actions: Collection[str],
    area: str,
    now: datetime,
) -> tuple[Token, str]:
    """Make a token and return it with its secret, which is shown once; the owner is told on their next page.

    `area` empty: all of the owner's. The caller has asked for a fresh code. Raises NotAllowed, NoSuchStaff, BadLabel,
    or BadScope for an action or an area that the owner does not have.
    """
    require(admin, "token.manage")
    account = await account_of(unit, owner_id)
    if not account.active:
        raise NoSuchStaff
    named = " ".join(unicodedata.normalize("NFC", label).split())
    if not 1 <= len(named) <= MOST_LABEL or not named.isprintable():
        raise BadLabel
    chosen = tuple(action for action in ACTIONS if action in actions)
    if not chosen or len(chosen) != len(set(actions)) or not set(chosen) <= POLICY[account.staff.role]:
        raise BadScope
    where = _area(account.staff, area)
    secret = await open_session(unit, owner_id, "api", now)
    token_id = token_hash(secret)
    scope = {"label": named, "actions": " ".join(chosen), "area": where}
    mine = staff_session.c.token_hash == token_id
    await unit.execute(update(staff_session).where(mine).values(**scope))
    detail = {"actions": list(chosen), "area": where or account.staff.area}
    await _note(unit, admin.id, owner_id, "staff.token_created", now, detail)
    await notices.add(unit, owner_id, "token_made", now)
    made = next(one for one in await in_force(unit, now) if one.id == token_id)
    return made, secret


async def revoke(unit: Transaction, admin: Staff, token_id: str, now: datetime) -> None:
    """End a token at once. Raises NotAllowed or NoSuchToken."""
    require(admin, "token.manage")
    await _end(unit, token_id, admin.id, now)


async def end_named(unit: Transaction, named: str, *, by: str, now: datetime) -> Token:
    """End the one token whose id is, or begins with, `named`, and return it; `by` stands in the trail.

    For the console. Raises NoSuchToken where none or more than one is meant.
    """
    wanted = named.strip().lower()
    found = [one for one in await in_force(unit, now) if one.id.startswith(wanted)]
    if len(wanted) < SHORTEST_ID or len(found) != 1:
        raise NoSuchToken("No token, or more than one, is called that.")
    await _end(unit, found[0].id, by, now)
    return found[0]


async def _end(unit: Transaction, token_id: str, by: str, now: datetime) -> None:
    mine = (staff_session.c.token_hash == token_id) & (staff_session.c.kind == "api")
    statement = update(staff_session).where(mine, staff_session.c.revoked_at.is_(None)).values(revoked_at=now)
    owner_id = (await unit.execute(statement.returning(staff_session.c.staff_id))).scalar_one_or_none()
    if owner_id is None:
        raise NoSuchToken
    await _note(unit, by, owner_id, "token.revoked", now)


async def end_all(unit: Transaction, staff_id: str, now: datetime) -> int:
    """End every token of an account; returns how many there were."""
    mine = (staff_session.c.staff_id == staff_id) & (staff_session.c.kind == "api")
    statement = update(staff_session).where(mine, staff_session.c.revoked_at.is_(None)).values(revoked_at=now)
    return (await unit.execute(statement)).rowcount


def _area(owner: Staff, wanted: str) -> str | None:
    parts = [part.strip() for part in unicodedata.normalize("NFC", wanted).split(";") if part.strip()]
    if not parts:
        return None
    if any(part.casefold() == NATIONAL for part in parts) or not all(in_area(owner, part) for part in parts):
        raise BadScope
    where = ";".join(parts)
    if len(where) > _MOST_AREA:
        raise BadScope
    return where


def _token(row: Any) -> Token:
    chosen = None if row.actions is None else tuple(action for action in ACTIONS if action in row.actions.split())
    return Token(
        id=row.token_hash,
        owner=staff_of(row),
        label=row.label or "",
        actions=chosen,
        area=row.only_area,
        created_at=row.made_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )


async def _note(
    unit: Transaction, by: str, owner_id: str, action: str, now: datetime, detail: dict[str, Any] | None = None
) -> None:
    await trail.record(unit, stream=staff_stream(owner_id), actor=by, action=action, at=now, detail=detail)
