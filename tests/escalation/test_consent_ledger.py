"""The consent ledger: numbered rows that are never changed, the same act once, and no name in what others see."""

import asyncio
import inspect

import pytest
from sqlalchemy.exc import IntegrityError

from escalation import consent
from escalation.consent import ConsentDecision, Item
from escalation.tables import consent as consent_table
from store import conversations
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


async def record(
    hotline: Hotline,
    conversation_id: str,
    seq: int,
    item: Item = "conversation",
    decision: ConsentDecision = "granted",
    case_id: str | None = None,
) -> None:
    async with hotline.database.transaction() as unit:
        await conversations.lock(unit, VAULT, conversation_id)
        await consent.record(
            unit,
            conversation_id=conversation_id,
            item=item,
            decision=decision,
            wording=f"consent.{item}@1",
            audience="11-14",
            channel="web",
            message_seq=seq,
            at=hotline.now,
            case_id=case_id,
        )


async def test_decisions_are_numbered_in_each_conversation_of_its_own(hotline: Hotline) -> None:
    one, other = await hotline.talk("một", "em"), await hotline.talk("hai", "em")
    for conversation_id, seq in ((one.id, 1), (one.id, 2), (other.id, 1), (one.id, 3)):
        await record(hotline, conversation_id, seq)
    rows = await hotline.rows(consent_table)
    assert sorted(row.number for row in rows if row.conversation_id == one.id) == [1, 2, 3]
    assert [row.number for row in rows if row.conversation_id == other.id] == [1]


async def test_decisions_at_once_still_get_numbers_of_their_own(hotline: Hotline) -> None:
    held = await hotline.talk("em", "em")
    async with asyncio.timeout(20):
        await asyncio.gather(*(record(hotline, held.id, seq) for seq in range(6)))
    assert sorted(row.number for row in await hotline.rows(consent_table)) == [1, 2, 3, 4, 5, 6]


async def test_a_later_decision_is_a_later_row_and_the_first_stays_as_it_was(hotline: Hotline) -> None:
    case_id = await hotline.child()
    held = await hotline.conversation(case_id)
    (before,) = await hotline.rows(consent_table)
    hotline.pass_time(60)
    await record(hotline, held.id, 90, "phone", "granted", case_id)
    await record(hotline, held.id, 91, "phone", "withdrawn", case_id)
    rows = sorted(await hotline.rows(consent_table), key=lambda row: row.number)
    assert rows[0] == before
    assert [(row.item, row.decision) for row in rows[1:]] == [("phone", "granted"), ("phone", "withdrawn")]
    async with hotline.database.reading() as unit:
        assert await consent.granted_items(unit, case_id) == {"conversation": "granted", "phone": "withdrawn"}


async def test_one_act_can_be_recorded_once_only(hotline: Hotline) -> None:
    held = await hotline.talk("em", "em")
    await record(hotline, held.id, 7)
    with pytest.raises(IntegrityError):
        await record(hotline, held.id, 7)
    assert len(await hotline.rows(consent_table)) == 1


async def test_a_yes_already_linked_to_a_case_is_never_linked_to_another(hotline: Hotline) -> None:
    case_id = await hotline.child()
    held = await hotline.conversation(case_id)
    async with hotline.database.transaction() as unit:
        await consent.link_to_case(unit, conversation_id=held.id, message_seq=held.last_seq, case_id="another")
    (row,) = await hotline.rows(consent_table)
    assert row.case_id == case_id


async def test_the_whole_ledger_names_nobody(hotline: Hotline) -> None:
    case_id = await hotline.child("0912345678")
    held = await hotline.conversation(case_id)
    async with hotline.database.reading() as unit:
        (entry,) = await consent.everything(unit)
    assert entry.pseudonym == consent.pseudonym_of(held.id)
    assert held.id not in repr(entry)
    assert "0912345678" not in repr(entry)
    assert (entry.item, entry.decision, entry.channel, entry.at) == ("conversation", "granted", "web", hotline.now)


def test_the_ledger_has_no_way_to_change_a_decision_or_remove_one() -> None:
    source = inspect.getsource(consent)
    assert "delete(" not in source
    assert source.count("update(consent)") == 1
    assert "update(consent)" in inspect.getsource(consent.link_to_case)
