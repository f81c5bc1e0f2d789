"""A person may know who opened its case, and nothing of anybody else's."""

from escalation.casefile import exporting
from escalation.contact import read_contact
from escalation.receipts import Receipt, receipts_of
from escalation.referrals import rows
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


async def told(hotline: Hotline, case_id: str, role: str = "child") -> tuple[Receipt, ...]:
    held = await hotline.conversation(case_id)
    async with hotline.database.reading() as unit:
        return await receipts_of(unit, held.id, role)


async def test_every_look_is_counted_for_the_one_who_looked(lite_hotline: Hotline) -> None:
    case_id = await lite_hotline.child()
    assert (await told(lite_hotline, case_id))[0].readers == ()
    lan, mai = await lite_hotline.staff("lan"), await lite_hotline.staff("mai", "supervisor")
    await lite_hotline.claim(lan, case_id)
    first = lite_hotline.now
    for staff in (lan, mai, lan):
        lite_hotline.pass_time(60)
        async with lite_hotline.database.transaction() as unit:
            await read_contact(unit, VAULT, staff, case_id, lite_hotline.now)
    (receipt,) = await told(lite_hotline, case_id)
    assert [(reader.name, reader.role, reader.times) for reader in receipt.readers] == [
        ("Cô lan", "counsellor", 2),
        ("Cô mai", "supervisor", 1),
    ]
    assert receipt.readers[0].first_at == first
    assert [(decision.item, decision.decision) for decision in receipt.decisions] == [("conversation", "granted")]


async def test_who_reads_the_referrals_alone_is_named_too(lite_hotline: Hotline) -> None:
    case_id = await lite_hotline.child()
    hoa = await lite_hotline.staff("hoa", "coordinator")
    async with lite_hotline.database.transaction() as unit:
        await rows.read_case(unit, VAULT, hoa, case_id, lite_hotline.now)
    (receipt,) = await told(lite_hotline, case_id)
    assert [(reader.name, reader.role, reader.times) for reader in receipt.readers] == [("Cô hoa", "coordinator", 1)]


async def test_who_took_a_paper_and_opened_no_page_is_named_too(lite_hotline: Hotline) -> None:
    case_id = await lite_hotline.child()
    thu = await lite_hotline.staff("thu", "supervisor")
    async with lite_hotline.database.transaction() as unit:
        await exporting.note_export(
            unit, VAULT, thu, case_id, what="all", kind="pdf", reason="gửi xã", now=lite_hotline.now
        )
    (receipt,) = await told(lite_hotline, case_id)
    assert [(reader.name, reader.times) for reader in receipt.readers] == [("Cô thu", 1)]


async def test_the_other_person_on_the_phone_is_told_nothing_of_it(lite_hotline: Hotline) -> None:
    case_id = await lite_hotline.child("em")
    assert await told(lite_hotline, case_id, "parent") == ()
