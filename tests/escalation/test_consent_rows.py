"""Each row of the consent ledger: which yes opened which case, which decision counts, and what others read of it."""

from datetime import timedelta
from typing import Any

from escalation import consent
from escalation.consent import ConsentRecord
from escalation.tables import consent as consent_table
from tests.escalation.hotline import START, Hotline

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


async def write(hotline: Hotline, *rows: dict[str, Any]) -> None:
    """Write rows in just this order, as a restored backup may hold them."""
    given = {
        "pseudonym": "nhim-1",
        "item": "conversation",
        "decision": "granted",
        "wording": "w@1",
        "audience": "11-14",
        "channel": "web",
        "case_id": None,
        "at": START,
    }
    async with hotline.database.transaction() as unit:
        for row in rows:
            await unit.execute(consent_table.insert().values(given | row))


def test_a_pseudonym_is_short_and_the_same_in_every_report() -> None:
    assert consent.pseudonym_of("0123456789abcdef") == "nhim-01234567"


async def test_only_the_yes_that_opened_the_case_is_linked_to_it(lite_hotline: Hotline) -> None:
    one = {"conversation_id": "một", "message_seq": 5}
    await write(
        lite_hotline,
        one | {"number": 1},
        one | {"number": 2, "item": "phone"},
        one | {"number": 3, "message_seq": 6},
        one | {"number": 1, "conversation_id": "hai"},
    )
    async with lite_hotline.database.transaction() as unit:
        await consent.link_to_case(unit, conversation_id="một", message_seq=5, case_id="case")
    linked = {(row.conversation_id, row.number): row.case_id for row in await lite_hotline.rows(consent_table)}
    assert linked == {("một", 1): "case", ("một", 2): None, ("một", 3): None, ("hai", 1): None}


async def test_the_latest_decision_counts_in_whatever_order_the_rows_lie(lite_hotline: Hotline) -> None:
    one = {"conversation_id": "một", "case_id": "case", "item": "phone"}
    await write(
        lite_hotline,
        one | {"number": 2, "message_seq": 9, "decision": "withdrawn"},
        one | {"number": 1, "message_seq": 5},
    )
    async with lite_hotline.database.reading() as unit:
        assert await consent.granted_items(unit, "case") == {"phone": "withdrawn"}


async def test_the_ledger_is_read_whole_by_time_then_conversation_then_number(lite_hotline: Hotline) -> None:
    later = START + timedelta(seconds=1)
    in_order: list[dict[str, Any]] = [
        {"conversation_id": "z", "number": 1, "message_seq": 1, "wording": "first"},
        {"conversation_id": "a", "number": 1, "message_seq": 2, "at": later, "wording": "second"},
        {"conversation_id": "a", "number": 2, "message_seq": 3, "at": later, "wording": "third"},
        {"conversation_id": "b", "number": 1, "message_seq": 4, "at": later, "wording": "fourth", "case_id": "case"},
    ]
    await write(lite_hotline, *(in_order[place] for place in (3, 2, 1, 0)))
    async with lite_hotline.database.reading() as unit:
        records = await consent.everything(unit)
    assert [record.wording for record in records] == ["first", "second", "third", "fourth"]
    assert records[-1] == ConsentRecord(
        pseudonym="nhim-1",
        item="conversation",
        decision="granted",
        wording="fourth",
        audience="11-14",
        channel="web",
        at=later,
        case_id="case",
    )
