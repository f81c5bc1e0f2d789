"""Erased stays erased: what the erasure list names is erased again in a database that came back from a backup."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import cast

from sqlalchemy import select

from bot.follow_up import TIMER
from bot.ledgers import AsJson
from bot.opening import opened, show
from bot.referral import TIMER as NEWS_TIMER
from bot.sealed import UNDER_DATA_KEYS
from bot.settings import load_settings
from bot.state import Role, State, from_json, left_of, to_json, without_person
from escalation import cases, complaints, follow_ups
from escalation.errors import NoSuchCase, WrongState
from escalation.referrals import asking
from escalation.writing import erasing
from store import conversations, inbox, marks, outbox, timers
from store.conversations import Conversation
from store.database import Database, Transaction
from store.erasures import Erasure, ErasureList, ErasureListError
from store.shredding import fresh_key
from store.tables import conversation
from store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """How many erasures the list names, and how many of them had to be done again."""

    listed: int
    repeated: int


def restore_check(*, as_json: AsJson = False) -> None:
    """Erase again what was erased after a backup was made; run it once the backup is back, before `khien serve`.

    Run twice it does nothing more. Example: khien restore-check --json
    """
    done = asyncio.run(_restore_check())
    words = f"{done.listed} erasures on the list, {done.repeated} of them done again in this database"
    show(asdict(done), as_json=as_json, table=words)


async def _restore_check() -> Restored:
    settings = load_settings()
    async with opened(settings) as (database, vault):
        return await erase_again(database, vault, settings.erasures, datetime.now(UTC))


async def refuse_if_restored(database: Database, erasures: ErasureList) -> None:
    """Raise ErasureListError where the database is older than the list: erased words may be back in it."""
    async with database.reading() as unit:
        missing = await missing_in(unit, erasures.read())
    if missing:
        words = f"the database is older than the erasure list: it lacks {len(missing)} erasures, the last of"
        when = missing[-1].at.isoformat(timespec="minutes")
        raise ErasureListError(f"{erasures.path}: {words} {when}. Run `khien restore-check`, then start again.")


async def missing_in(unit: Transaction, listed: Iterable[Erasure]) -> list[Erasure]:
    """Return the erasures that this database has not seen."""
    seen = await marks.value_of(unit, marks.ERASURES)
    later = [erasure for erasure in listed if erasure.number > seen]
    return [erasure for erasure in later if not await _waits(unit, erasure)]


async def erase_again(database: Database, vault: Vault, erasures: ErasureList, now: datetime) -> Restored:
    """Do every erasure again that the database is older than, one conversation in a transaction."""
    listed = erasures.read()
    repeated = 0
    by_conversation = sorted(listed, key=lambda erasure: erasure.conversation)
    for conversation_id, mine in groupby(by_conversation, key=lambda erasure: erasure.conversation):
        async with database.transaction() as unit:
            repeated += await _in_conversation(unit, vault, conversation_id, tuple(mine), now)
    async with database.transaction() as unit:
        await marks.raise_to(unit, marks.ERASURES, max((erasure.number for erasure in listed), default=0))
    return Restored(listed=len(listed), repeated=repeated)


async def _in_conversation(
    unit: Transaction, vault: Vault, conversation_id: str, erasures: Sequence[Erasure], now: datetime
) -> int:
    known = select(conversation.c.id).where(conversation.c.id == conversation_id)
    if (await unit.execute(known)).one_or_none() is None:
        return 0  # it began after the backup
    held = await conversations.lock(unit, vault, conversation_id)
    # A number that the backup does not know yet was given after it was made.
    todo = [erasure for erasure in erasures if erasure.turn > held.last_seq]
    if not todo:
        return 0
    state = from_json(held.state)
    for erasure in todo:
        state = await _again(unit, held, erasure, state, now)
    held = await fresh_key(unit, vault, held, UNDER_DATA_KEYS)
    await conversations.save_state(unit, held, to_json(state), now)
    await conversations.skip_to(unit, held.id, max(erasure.turn for erasure in todo))
    return len(todo)


async def _again(unit: Transaction, held: Conversation, erasure: Erasure, state: State, now: datetime) -> State:
    """Do one erasure again; returns the state without what it erased."""
    person = cast("Role", erasure.person)
    await inbox.drop(unit, held.id, erasure.from_seq, erasure.to_seq)
    await outbox.cancel_pushes(unit, held.id)
    if erasure.what != "lines":
        for timer in (TIMER, NEWS_TIMER):
            await timers.cancel(unit, held.id, f"{timer}{person}")
        await follow_ups.take_back_all(unit, held.id, person, now)
        await asking.withdraw_all(unit, held.id, person, now)
    match erasure.what:
        case "all":
            await conversations.erase(unit, held, person=person)
            await complaints.erase(unit, held.id, person)
            await erasing.drafts_to_person(unit, held.id, person)
            return without_person(state, person)
        case "case":
            if erasure.case is not None:
                await _withdraw(unit, erasure.case, claimed=erasure.claimed, now=now)
            await conversations.forget(unit, held.id, erasure.from_seq, erasure.to_seq)
            return _without_case(state, person)
        case "lines":
            await conversations.forget(unit, held.id, erasure.from_seq, erasure.to_seq)
            span = range(erasure.from_seq, erasure.to_seq + 1)
            return replace(state, heard=tuple(heard for heard in state.heard if heard.seq not in span))


async def _withdraw(unit: Transaction, case_id: str, *, claimed: bool, now: datetime) -> None:
    try:
        await cases.withdraw(unit, case_id, now=now, claimed=claimed)
    except (NoSuchCase, WrongState):
        return  # opened after the backup, or not open any more


def _without_case(state: State, person: Role) -> State:
    if state.person == person:
        left = replace(state, question=None, matter=None, contact=left_of(state.contact), follow_up=None)
        return replace(left, referrals=(), heard=(), offered=True)
    if state.aside is None:
        return state
    aside = replace(state.aside, matter=None, contact=left_of(state.aside.contact), follow_up=None, referrals=())
    return replace(state, aside=aside)


async def _waits(unit: Transaction, erasure: Erasure) -> bool:
    """Tell whether the turn that erased did not commit here: then it will erase when it runs."""
    return await inbox.is_open(unit, erasure.conversation, erasure.turn)
