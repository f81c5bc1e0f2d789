"""A case opened without a yes: read by who takes it, ended with a reason, signed by another hand in time, counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import cases, contact, signing, watch
from escalation.errors import BadRequest, LeaseLost, NotAllowed, ReasonMissing, SameHand, WrongState
from escalation.permissions import Staff
from escalation.signing import Counts, counted
from escalation.tables import alert as alert_table
from escalation.tables import trail as trail_table
from escalation.vital import SHIFT, Duties
from tests.escalation.hotline import START, Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
SECRET = "lời kể riêng của em"


async def write(hotline: Hotline, staff: Staff, case_id: str, lease: int, text: str = SECRET) -> None:
    async with hotline.database.transaction() as unit:
        await signing.write_reason(unit, VAULT, staff, case_id, lease=lease, text=text, now=hotline.now)


async def sign(hotline: Hotline, staff: Staff, case_id: str) -> None:
    async with hotline.database.transaction() as unit:
        await signing.sign(unit, VAULT, staff, case_id, hotline.now)


async def close(hotline: Hotline, staff: Staff, case_id: str, lease: int) -> None:
    async with hotline.database.transaction() as unit:
        await contact.close(unit, VAULT, staff, case_id, lease=lease, outcome="advised", summary="", now=hotline.now)


async def read(hotline: Hotline, staff: Staff, case_id: str) -> contact.Contact:
    async with hotline.database.transaction() as unit:
        return await contact.read_contact(unit, VAULT, staff, case_id, hotline.now)


async def counts(hotline: Hotline) -> Counts:
    async with hotline.database.reading() as unit:
        return await signing.counts(unit, START - timedelta(days=1), START + timedelta(days=1))


async def alerts(hotline: Hotline, case_id: str) -> list[str]:
    return [row.kind for row in await hotline.rows(alert_table, case_id=case_id)]


async def test_the_words_open_at_the_claim_and_not_to_a_look(hotline: Hotline) -> None:
    case_id = await hotline.endangered()
    staff = await hotline.staff("lan")
    looked = await read(hotline, staff, case_id)
    assert looked.lines == ()
    assert looked.opens_at_claim
    await hotline.claim(staff, case_id)
    assert [line.text for line in (await read(hotline, staff, case_id)).lines] == ["bố cầm dao đuổi em"]


async def test_a_case_ends_only_with_its_reason_and_is_signed_by_another_hand(hotline: Hotline) -> None:
    case_id = await hotline.endangered()
    holder, other = await hotline.staff("lan", "supervisor"), await hotline.staff("mai", "supervisor")
    lease = await hotline.claim(holder, case_id)
    with pytest.raises(ReasonMissing):
        await close(hotline, holder, case_id, lease)
    with pytest.raises(ReasonMissing):
        await sign(hotline, other, case_id)
    await write(hotline, holder, case_id, lease)
    with pytest.raises(SameHand):
        await sign(hotline, holder, case_id)
    await close(hotline, holder, case_id, lease)
    await sign(hotline, other, case_id)
    await sign(hotline, other, case_id)  # again changes nothing
    found = await read(hotline, other, case_id)
    assert found.reason == SECRET
    assert found.entry.duties is not None
    assert found.entry.duties.signed_by == "mai"
    rows = await hotline.rows(trail_table, stream=f"case:{case_id}")
    assert [row.action for row in rows].count("case.signed") == 1
    assert not [row for row in rows if SECRET in row.detail]


async def test_the_reason_may_be_mended_until_it_is_signed(hotline: Hotline) -> None:
    case_id = await hotline.endangered()
    staff, supervisor = await hotline.staff("lan"), await hotline.staff("mai", "supervisor")
    lease = await hotline.claim(staff, case_id)
    await write(hotline, staff, case_id, lease, "vội")
    await write(hotline, staff, case_id, lease, "vì em đang bị đuổi")
    assert (await read(hotline, staff, case_id)).reason == "vì em đang bị đuổi"
    await sign(hotline, supervisor, case_id)
    with pytest.raises(WrongState):
        await write(hotline, staff, case_id, lease)


@pytest.mark.parametrize("text", ["", "  \n", "x" * (signing.MAX_REASON_CHARACTERS + 1)])
async def test_a_reason_without_words_or_too_long_is_refused(hotline: Hotline, text: str) -> None:
    case_id = await hotline.endangered()
    staff = await hotline.staff("lan")
    lease = await hotline.claim(staff, case_id)
    with pytest.raises(BadRequest):
        await write(hotline, staff, case_id, lease, text)


async def test_only_the_holder_writes_and_only_a_supervisor_signs(hotline: Hotline) -> None:
    case_id = await hotline.endangered()
    staff, other = await hotline.staff("lan"), await hotline.staff("nam")
    lease = await hotline.claim(staff, case_id)
    with pytest.raises(LeaseLost):
        await write(hotline, other, case_id, lease)
    await write(hotline, staff, case_id, lease)
    with pytest.raises(NotAllowed):
        await sign(hotline, other, case_id)


async def test_a_case_with_a_yes_asks_for_neither(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff, supervisor = await hotline.staff("lan"), await hotline.staff("mai", "supervisor")
    lease = await hotline.claim(staff, case_id)
    with pytest.raises(WrongState):
        await write(hotline, staff, case_id, lease)
    with pytest.raises(WrongState):
        await sign(hotline, supervisor, case_id)
    assert (await read(hotline, staff, case_id)).entry.duties is None
    await close(hotline, staff, case_id, lease)
    assert (await counts(hotline)).opened == 0


async def test_what_is_not_signed_in_the_shift_is_told_once_even_after_the_end(hotline: Hotline) -> None:
    case_id = await hotline.endangered()
    staff, supervisor = await hotline.staff("lan"), await hotline.staff("mai", "supervisor")
    lease = await hotline.claim(staff, case_id)
    await write(hotline, staff, case_id, lease)
    await close(hotline, staff, case_id, lease)
    hotline.pass_time(SHIFT.total_seconds() - 1)
    await watch.sweep(hotline.database, VAULT, hotline.now)
    assert "unsigned" not in await alerts(hotline, case_id)
    hotline.pass_time(1)
    for _ in range(2):
        await watch.sweep(hotline.database, VAULT, hotline.now)
    assert (await alerts(hotline, case_id)).count("unsigned") == 1
    async with hotline.database.reading() as unit:
        assert [case.case_id for case in await signing.unsigned(unit, VAULT, supervisor)] == [case_id]
        assert await signing.unsigned(unit, VAULT, staff) == ()
    hotline.pass_time(1)
    await sign(hotline, supervisor, case_id)
    found = await counts(hotline)
    assert (found.signed_in_time, found.signed_late, found.unsigned) == (0, 1, 0)


async def test_a_yes_and_its_taking_back_leave_the_case_in_the_queue(hotline: Hotline) -> None:
    case_id = await hotline.endangered()
    held = await hotline.conversation(case_id)
    async with hotline.database.transaction() as unit:
        await cases.agree(unit, held, case_id, role="child", from_seq=1, now=hotline.now)
        await cases.set_item(unit, held, case_id, "nickname", "Na")
    assert (await counts(hotline)).turned_into_consent == 1
    await hotline.withdraw(case_id)
    row = await hotline.row(case_id)
    assert (row.state, row.items_sealed, row.agreed_at) == ("waiting", None, None)
    assert "withdrawn" in await alerts(hotline, case_id)
    staff = await hotline.staff("lan")
    await hotline.claim(staff, case_id)
    assert len((await read(hotline, staff, case_id)).lines) == 1


async def test_the_ground_names_the_law(hotline: Hotline) -> None:
    row = await hotline.row(await hotline.endangered())
    assert row.ground == "urgent_19_1_a duty_19_1_dd_51"
    assert row.sign_due_at == START + SHIFT


moments = st.integers(-10, 10).map(lambda hours: START + timedelta(hours=hours))
all_duties = st.builds(
    Duties,
    agreed=st.booleans(),
    reason_by=st.none() | st.just("lan"),
    sign_due_at=moments,
    signed_by=st.just("mai"),
    signed_at=st.none() | moments,
)


@given(found=st.lists(st.tuples(all_duties, st.booleans())))
def test_every_case_is_counted_once(found: list[tuple[Duties, bool]]) -> None:
    result = counted(found)
    assert result.signed_in_time + result.signed_late + result.unsigned == result.opened == len(found)
    parts: list[Callable[[Counts], int]] = [
        lambda each: each.reasons_written,
        lambda each: each.turned_into_consent,
        lambda each: each.ended,
    ]
    assert all(0 <= part(result) <= len(found) for part in parts)
